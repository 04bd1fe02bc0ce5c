//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite(
    "A broker with several addresses",
    .enabled(if: TestBroker.isAvailable, TestBroker.missing),
    .timeLimit(.minutes(1))
)
struct SeveralAddressesTests {
    /// Nobody listens there.
    private static let dead = [AMQPAddress(port: 1), AMQPAddress(port: 2)]

    @Test("Connects where one of several addresses answers, whichever comes first")
    func deadAddresses() async throws {
        let alive = try TestBroker.configuration().addresses
        for _ in 0..<10 {
            try await TestBroker.withConnection {
                $0.addresses = Self.dead + alive
            } _: { connection in
                #expect(connection.address == alive[0])
            }
        }
    }

    @Test("Tries every address once when none takes the connection, and names them all")
    func nobody() async throws {
        try await FaultRelay.withRelay { one in
            try await FaultRelay.withRelay { two in
                for relay in [one, two] { relay.refuse(true) }
                let error = try await amqpError {
                    try await TestBroker.withConnection {
                        $0.addresses = [one.address, two.address, Self.dead[0]]
                    } _: { _ in
                    }
                }
                #expect(error.code == .connectFailed)
                #expect(error.isRetriable)
                #expect(error.message.hasPrefix("None of 3 addresses took the connection."))
                #expect(error.message.contains("127.0.0.1:1 "))
                #expect([one.connections, two.connections] == [1, 1])
            }
        }
    }

    @Test("Says that a login was refused even though another address is dead")
    func wrongPassword() async throws {
        let alive = try TestBroker.configuration().addresses
        let error = try await amqpError {
            try await TestBroker.withConnection {
                ($0.addresses, $0.password) = (Self.dead + alive, "wrong")
            } _: { _ in
            }
        }
        #expect(error.code == .authenticationFailed)
    }

    @Test("Moves at once to the other address when a connection is lost")
    func movesOn() async throws {
        try await withTwoRelays(backoff: .seconds(60)) { relays, supervisor in
            let visited = Shared<[AMQPAddress]>([])
            try await supervisor.run { connection in
                if visited.update({ $0.append(connection.address) }).count == 2 { return }
                let relay = try #require(relays.first { $0.address == connection.address })
                relay.refuse(true)
                relay.cut()
                try await Task.sleep(for: .seconds(60))
            }
            #expect(visited.value.count == 2)
            #expect(Set(visited.value).count == 2)
        }
    }

    @Test("Waits before it goes on when every address has lost a connection")
    func backsOff() async throws {
        let backoff = Duration.seconds(1)
        try await withTwoRelays(backoff: backoff) { relays, supervisor in
            let times = Shared<[ContinuousClock.Instant]>([])
            try await supervisor.run { connection in
                if times.update({ $0.append(.now) }).count == 4 { return }
                for relay in relays { relay.cut() }
                try await Task.sleep(for: .seconds(60))
            }
            for pair in zip(times.value.dropFirst(), times.value.dropFirst(2)) { #expect(pair.1 - pair.0 >= backoff) }
        }
    }

    private func withTwoRelays(
        backoff: Duration,
        _ body: ([FaultRelay], AMQPSupervisor) async throws -> Void
    ) async throws {
        try await FaultRelay.withRelay { one in
            try await FaultRelay.withRelay { two in
                var configuration = try TestBroker.configuration()
                configuration.addresses = [one.address, two.address]
                let supervisor = AMQPSupervisor(
                    configuration: configuration,
                    backoff: AMQPBackoff(initial: backoff, maximum: max(backoff, .seconds(30)), jitter: 0),
                    logger: TestBroker.logger
                )
                try await body([one, two], supervisor)
            }
        }
    }
}
