//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork assignment answer`.
struct AssignmentAnswer: AssignmentAction {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer an escalation (批示); by the superior."
    )
    static let verb = CommandVerb.answer

    @OptionGroup var global: GlobalOptions
    @OptionGroup var action: ActionOptions

    @Option(help: "carryOn, takeOver or passUp.")
    var answer: AnswerKind

    @Option(help: "With carryOn, a new deadline, RFC 3339.")
    var dueAt: Instant?

    var body: ActionBody { ActionBody(note: action.note, answer: answer, dueAt: dueAt) }
}
