//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment sign-off`.
struct AssignmentSignOff: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "sign-off",
        abstract: "Sign off what was submitted (核查通过); by the issuer."
    )
    static let verb = CommandVerb.signOff

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions
}
