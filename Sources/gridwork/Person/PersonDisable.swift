//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork person disable`.
struct PersonDisable: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let a person do nothing any more: sessions end, tokens do not hold."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var name: String

    func execute(_ context: Context) async throws {
        try await PersonEnable.set(isDisabled: true, name, context)
    }
}
