//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Glibc
import Testing

/// The broker with TLS that these tests use, named by the environment variable `GRIDWORK_TEST_AMQPS_URL`: its certificate
/// names `localhost`, and the URL's `cacertfile` is the authority that signed it.
private enum SecureBroker {
    static let url: String? = getenv("GRIDWORK_TEST_AMQPS_URL").map { String(cString: $0) }

    static func configuration() throws -> AMQPConfiguration { try AMQPConfiguration(url: #require(url)) }
}

@Suite(
    "TLS",
    .enabled(if: SecureBroker.url != nil, "GRIDWORK_TEST_AMQPS_URL names no broker with TLS"),
    .timeLimit(.minutes(1))
)
struct TLSTests {
    /// A file with authorities, none of which signed the broker's certificate: those that Debian trusts.
    private let otherAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    @Test("Publishes and consumes, large and small, over TLS")
    func works() async throws {
        let queue = TestBroker.uniqueName()
        try await connect { connection in
            try await connection.withChannel { channel in
                try await channel.declare(AMQPQueue(name: queue, exclusive: true, autoDelete: true))
                let large = [UInt8](repeating: 7, count: 900_000)
                let bodies = [large] + (0..<2_000).map { Array("\($0)".utf8) }
                let messages = bodies.map { AMQPMessage(routingKey: queue, body: $0) }
                let outcomes = await channel.publish(messages, timeout: .seconds(30))
                #expect(outcomes.allSatisfy { $0.isConfirmed })

                let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 500)])
                var received: [[UInt8]] = []
                while received.count < bodies.count {
                    let batch = try #require(try await consumer.nextBatch(maximum: 100))
                    received += batch.map(\.body)
                    try await channel.acknowledge(batch)
                }
                #expect(received == bodies)
            }
        }
    }

    @Test("Refuses headers that fit in no frame and goes on")
    func refusesHugeHeaders() async throws {
        try await connect { connection in
            try await connection.withChannel { channel in
                var huge = AMQPMessage(routingKey: "nowhere", mandatory: false)
                huge.properties.headers["huge"] = .string(String(repeating: "x", count: 200_000))
                let small = AMQPMessage(routingKey: "nowhere", mandatory: false)
                let outcomes = await channel.publish([huge, small], timeout: .seconds(5))
                #expect(outcomes.map { $0.isConfirmed } == [false, true])
            }
        }
    }

    @Test("Refuses a certificate that an unknown authority signed")
    func refusesAuthority() async throws {
        let error = try await amqpError {
            try await connect {
                $0.tls?.certificateAuthorityFile = otherAuthorities
            } _: { _ in
            }
        }
        #expect(error.code == .tlsFailed)
        #expect(!error.isRetriable)
    }

    @Test("Refuses a certificate for another host")
    func refusesHost() async throws {
        let error = try await amqpError {
            try await connect {
                $0.addresses[0].host = "127.0.0.1"
            } _: { _ in
            }
        }
        #expect(error.code == .tlsFailed)
    }

    @Test("Goes by the name in each address: one that the certificate does not name is passed over")
    func verifiesEveryAddress() async throws {
        let named = try SecureBroker.configuration().addresses[0]
        let unnamed = AMQPAddress(host: "127.0.0.1", port: named.port)
        for _ in 0..<6 {
            try await connect {
                $0.addresses = [unnamed, named]
            } _: { connection in
                #expect(connection.address == named)
            }
        }
    }

    @Test("Accepts any certificate where it was told to")
    func acceptsUnverified() async throws {
        try await connect {
            $0.addresses[0].host = "127.0.0.1"
            $0.tls = AMQPTLSConfiguration(verifyPeer: false, verifyHostName: false)
        } _: { _ in
        }
    }

    @Test("Refuses a file of authorities that cannot be read")
    func refusesMissingFile() async throws {
        let error = try await amqpError {
            try await connect {
                $0.tls?.certificateAuthorityFile = "/nonexistent"
            } _: { _ in
            }
        }
        #expect(error.code == .tlsFailed)
    }

    private func connect(
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout AMQPConfiguration) -> Void = { _ in },
        _ body: (AMQPConnection) async throws -> Void
    ) async throws {
        var configuration = try SecureBroker.configuration()
        change(&configuration)
        try await AMQPConnection.withConnection(configuration, logger: TestBroker.logger) { try await body($0) }
    }
}
