//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork pause`: mailboxes are not served for a while.
struct Pause: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have mailboxes not served, while their mail stays at the broker.",
        discussion: """
            What processes hold is finished. It stays so until gridwork resume, also when processes start anew.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var scope: ScopeOptions

    func validate() throws {
        _ = try scope.scope()
    }

    func execute(_ context: Context) async throws {
        try await scope.set(.pause, context) { "\($0): paused." }
    }
}
