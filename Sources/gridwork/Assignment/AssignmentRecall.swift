//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment recall`.
struct AssignmentRecall: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "Take a leg back (撤回); by the issuer, with --note."
    )
    static let verb = CommandVerb.recall

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
