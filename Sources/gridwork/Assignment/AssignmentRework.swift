//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment rework`.
struct AssignmentRework: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "rework",
        abstract: "Send it back for rework (返工); by the issuer, with --note."
    )
    static let verb = CommandVerb.rework

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
