//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import GridRuntime
import GridTerminal

/// `gridwork doctor permissions`.
struct DoctorPermissions: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions",
        abstract: "Try at the broker what the node's user and an agent's must be able to do and must not.",
        discussion: """
            Everything is tried on a mailbox made for it and removed afterwards, by a credential made for it unless one is given,
            so it may be run beside a node at work. Needs the management API (amqp.managementURL). Exits 1 when the broker
            allowed or refused anything that it should not.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The address an agent uses, as `gridwork agent-credential create` printed it, to try with that one.")
    var agent: String?

    private struct Line: Encodable {
        let attempt: String
        let credential: PermissionTrial.Credential
        let expected: PermissionTrial.Outcome
        let outcome: PermissionTrial.Outcome

        init(_ trial: PermissionTrial) {
            attempt = trial.attempt.rawValue
            credential = trial.credential
            expected = trial.expected
            outcome = trial.outcome
        }
    }

    private struct Report: Encodable {
        let sound: Bool
        let trials: [Line]
    }

    func execute(_ context: Context) async throws {
        let address = try agent.map { try AMQPConfiguration(url: $0) }
        let organization = try await context.withStore { try await context.organization(of: $0) }
        let settings = context.settings
        let doctor = PermissionDoctor(broker: settings.broker, management: settings.management, logger: context.logger)
        let trials = try await doctor.examine(agent: address, in: organization)
        let report = Report(sound: trials.allSatisfy(\.isSound), trials: trials.map(Line.init))
        try context.output.result(report) { _ in
            var table = Table(["", "ATTEMPT"] + PermissionTrial.Credential.allCases.map { $0.rawValue.uppercased() })
            for attempt in PermissionAttempt.allCases {
                let mine = PermissionTrial.Credential.allCases.map { credential in
                    trials.first { $0.attempt == attempt && $0.credential == credential }
                }
                let isSound = mine.allSatisfy { $0?.isSound ?? true }
                table.add([isSound ? "ok" : "error", attempt.rawValue] + mine.map { $0?.text ?? "not tried" })
            }
            return table.lines
        }
        if !report.sound { throw ExitCode(Failure.Exit.refused) }
    }
}

extension PermissionTrial {
    /// The outcome as the table has it.
    fileprivate var text: String { isSound ? outcome.rawValue : "\(outcome.rawValue), has to be \(expected.rawValue)" }
}
