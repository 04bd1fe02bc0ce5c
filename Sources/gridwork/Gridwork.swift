//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

@main
struct Gridwork: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gridwork",
        abstract: "Carries a street office's work down to the people who do it, and the answer back up (网格派工).",
        version: gridworkVersion,
        subcommands: [
            Up.self, Worker.self, Serve.self, Scale.self, Autoscale.self, Pause.self, Resume.self, Drain.self,
            Workers.self, Top.self,
            TopologyCommand.self, OrganizationCommand.self, PersonCommand.self,
            TokenCommand.self, AgentCredentialCommand.self, StandInCommand.self, PushCommand.self, OrderCommand.self,
            Inbox.self,
            AssignmentCommand.self,
            Escalations.self, History.self, DeadCommand.self, Reconcile.self, Agents.self, ArchiveHistories.self,
            Backup.self, Restore.self,
            DoctorCommand.self, BenchCommand.self, Simulate.self,
        ]
    )
}

/// The version of this build.
let gridworkVersion = "0.1.0"
