//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork assignment`.
struct AssignmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assignment",
        abstract: "Show an assignment, and do what its holder, issuer or superior may do.",
        subcommands: [
            AssignmentShow.self, AssignmentAcknowledge.self, AssignmentProgress.self, AssignmentComplete.self,
            AssignmentReturn.self, AssignmentEscalate.self, AssignmentAnswer.self, AssignmentSignOff.self,
            AssignmentRework.self, AssignmentRecall.self, AssignmentUrge.self, AssignmentReassign.self,
        ]
    )
}
