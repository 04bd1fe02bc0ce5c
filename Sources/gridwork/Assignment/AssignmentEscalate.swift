//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment escalate`.
struct AssignmentEscalate: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "escalate",
        abstract: "Escalate it to the superior (上报); by its holder, with --note."
    )
    static let verb = CommandVerb.escalate

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
