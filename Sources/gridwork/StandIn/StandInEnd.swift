//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridStore

/// `gridwork stand-in end`.
struct StandInEnd: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "End a stand-in's period now."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Its number, which gridwork stand-in list shows.")
    var number: Int64

    private struct Result: Encodable {
        let number: Int64
    }

    func execute(_ context: Context) async throws {
        let number = number
        let isEnded = try await context.withStore { store in
            try await store.write { try $0.endStandIn(number, at: WallClock.system.now) }
        }
        guard isEnded else {
            throw CommandFailure.notFound("no stand-in \(number) has a period that is not over")
        }
        try context.output.result(Result(number: number)) { ["Ended stand-in \($0.number)."] }
    }
}
