//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridStore

/// `gridwork push remove`.
struct PushRemove: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a channel, with what it has not told yet."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its number, which gridwork push list shows.")
    var number: Int64

    private struct Result: Encodable {
        let number: Int64
    }

    func execute(_ context: Context) async throws {
        let number = number
        try await context.withStore { store in
            try await store.write { store in
                _ = try PushCommand.find(number, in: store)
                _ = try store.removePushChannel(number)
            }
        }
        try context.output.result(Result(number: number)) { ["Removed channel \($0.number)."] }
    }
}
