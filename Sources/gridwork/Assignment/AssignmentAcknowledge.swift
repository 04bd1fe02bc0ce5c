//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment acknowledge`.
struct AssignmentAcknowledge: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Acknowledge it (签收); by its holder."
    )
    static let verb = CommandVerb.acknowledge

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
