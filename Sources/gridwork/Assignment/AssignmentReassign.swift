//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment reassign`.
struct AssignmentReassign: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "reassign",
        abstract: "Give a leg to another post (改派); by the issuer."
    )
    static let verb = CommandVerb.reassign

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions

    @Option(name: .customLong("to"), help: "The post that gets it, role@code.")
    var post: PostAddress

    var body: ActionBody { ActionBody(note: action.note, post: post) }
}
