//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment urge`.
struct AssignmentUrge: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "urge",
        abstract: "Urge whoever holds it up (催办); by holder, issuer or superior."
    )
    static let verb = CommandVerb.urge

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions

    @Option(help: "The post that holds it, where this state file does not know.")
    var post: PostAddress?

    var body: ActionBody { ActionBody(note: action.note, post: post) }
}
