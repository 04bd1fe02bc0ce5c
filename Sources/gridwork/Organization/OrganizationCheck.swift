//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork organization check`.
struct OrganizationCheck: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check an organization file and list every error with its place."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file, - for standard input.")
    var file: String

    func execute(_ context: Context) async throws {
        let (_, organization) = try OrganizationCommand.read(file)
        try context.output.result(OrganizationSummary(organization)) { ["\($0.line). No errors."] }
    }
}
