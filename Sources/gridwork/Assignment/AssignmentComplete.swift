//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment complete`.
struct AssignmentComplete: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "complete",
        abstract: "Complete it (办结); by its holder."
    )
    static let verb = CommandVerb.complete

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
