//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Glibc
import GridStore

extension Chain {
    /// Starts `gridwork` as a process of its own on the chain's state file and vhost, and waits until it serves.
    ///
    /// It is killed when the test is cancelled; otherwise the test has to end it.
    ///
    /// - Parameters:
    ///   - extra: Environment variables in addition to the chain's.
    ///   - line: How the line begins that tells that it serves; nil not to wait for one.
    func startProcess(
        _ arguments: [String] = ["up"],
        environment extra: [String: String] = [:],
        awaiting line: String? = "Ready"
    ) async throws -> RunningProgram {
        let variables = environment.merging(extra) { $1 }
        let program = try RunningProgram(Program.gridwork, arguments, environment: variables, folder: folder)
        do {
            if let line { try await program.awaits(line) }
        } catch {
            program.signal(SIGKILL)
            throw error
        }
        return program
    }

    /// Runs a command of `gridwork` to its end.
    func gridwork(
        _ arguments: [String],
        environment extra: [String: String] = [:],
        expecting status: Int32? = 0
    ) async throws -> Program.Result {
        let variables = environment.merging(extra) { $1 }
        return try await Program.run(Program.gridwork, arguments, environment: variables, expecting: status)
    }

    /// Runs `gridwork` as `startProcess` does for the length of `body`, after which it is killed if it still runs.
    func withProcess(
        _ arguments: [String] = ["up"],
        environment extra: [String: String] = [:],
        _ body: (RunningProgram) async throws -> Void
    ) async throws {
        let program = try await startProcess(arguments, environment: extra)
        defer { program.signal(SIGKILL) }
        try await body(program)
    }

    private var environment: [String: String] {
        [
            "GRIDWORK_AMQP_URL": server.url(vhost: broker.virtualHost),
            "GRIDWORK_AMQP_HEARTBEAT_SECONDS": "\(broker.heartbeat.components.seconds)",
            "GRIDWORK_STATE_PATH": store.path,
            // Chains run beside each other and have no port to share.
            "GRIDWORK_HTTP_ADDRESS": "off",
        ]
    }
}
