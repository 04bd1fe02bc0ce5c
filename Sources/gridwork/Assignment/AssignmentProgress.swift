//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment progress`.
struct AssignmentProgress: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: "Report progress (反馈); by its holder, with --note."
    )
    static let verb = CommandVerb.progress

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
