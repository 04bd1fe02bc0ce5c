//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import Testing

/// A private RabbitMQ that belongs to the tests.
struct TestBroker: Sendable {
    /// The broker that `deploy/test` starts and names in the environment; nil where there is none.
    static let shared: TestBroker? = {
        let environment = ProcessInfo.processInfo.environment
        guard let directory = environment["GRIDWORK_TEST_BROKER"], let url = environment["GRIDWORK_TEST_AMQP_URL"],
            let configuration = try? AMQPConfiguration(url: url)
        else { return nil }
        return TestBroker(directory: directory, configuration: configuration)
    }()

    /// The folder to give to `deploy/broker`.
    let directory: String
    /// How to reach its vhost `/`.
    let configuration: AMQPConfiguration

    /// The broker's address with one of its vhosts, as the command line takes it.
    func url(vhost: String) -> String {
        let escaped = vhost == "/" ? "%2F" : vhost
        let hosts = configuration.addresses.map(\.description).joined(separator: ",")
        return "amqp://guest:guest@\(hosts)/\(escaped)"
    }

    /// Runs `deploy/broker` on this broker: `start`, `kill`, `pause`, `continue`, `stop`.
    func script(_ command: String, _ arguments: [String] = []) async throws {
        try await Self.script([command, directory] + arguments)
    }

    /// Runs `rabbitmqctl` on this broker.
    ///
    /// - Returns: What it wrote.
    @discardableResult
    func control(_ arguments: [String]) async throws -> String {
        try await Self.script(["ctl", directory] + arguments)
    }

    /// Runs `body` with a vhost of its own, which is deleted again however the body ends.
    func withVhost<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let name = "test-\(UUID().uuidString.prefix(8).lowercased())"
        try await script("vhost", ["add", name])
        return try await finally {
            try await body(name)
        } then: {
            try await script("vhost", ["delete", name])
        }
    }

    /// Runs `body` with a broker that nobody else uses, so that it may be killed and paused; it is stopped afterwards.
    static func withOwn<Value>(_ body: (TestBroker) async throws -> Value) async throws -> Value {
        try await withTemporaryFolder { folder in
            let directory = folder + "/broker"
            return try await finally {
                try await script(["start", directory])
                let url = try await script(["url", directory])
                let address = url.trimmingCharacters(in: .whitespacesAndNewlines)
                return try await body(
                    TestBroker(directory: directory, configuration: AMQPConfiguration(url: address))
                )
            } then: {
                try await script(["stop", directory])
            }
        }
    }

    /// Runs `deploy/broker`.
    @discardableResult
    static func script(_ arguments: [String]) async throws -> String {
        try await Program.run(Program.projectFile("deploy/broker"), arguments).output
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the tests only where there is a broker for them; `deploy/test` counts one that is skipped as failed.
    static var needsBroker: Self {
        .enabled(if: TestBroker.shared != nil, "needs a RabbitMQ; deploy/test starts one and names it")
    }
}

extension Trait where Self == TimeLimitTrait {
    /// How long a test over the broker may take before it counts as hanging.
    ///
    /// All of them begin at once and share the machine, so that one of some seconds ends with the others: after eight minutes
    /// on two quiet cores, after eleven on busy ones.
    static var brokerLimit: Self { .timeLimit(.minutes(20)) }
}
