//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment return`.
struct AssignmentReturn: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Give it back to the issuer (退回); by its holder, with --note."
    )
    static let verb = CommandVerb.return

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
