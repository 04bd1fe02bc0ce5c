//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork resume`: mailboxes are served again, or a process takes messages again.
struct Resume: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have mailboxes served again after gridwork pause, or by a process after gridwork drain."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "The process that takes messages again, as gridwork workers shows it, or its number.")
    var process: String?

    func validate() throws {
        guard process == nil else {
            guard scope.isEmpty, scope.role == nil else {
                throw ValidationError("Name mailboxes or a process, not both.")
            }
            return
        }
        _ = try scope.scope()
    }

    func execute(_ context: Context) async throws {
        if let process { return try await Drain.set(false, of: process, context) }
        try await scope.set(.resume, context) { "\($0): served again." }
    }
}
