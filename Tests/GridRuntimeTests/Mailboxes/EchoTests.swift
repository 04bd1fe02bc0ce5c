//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@testable import GridRuntime

@Suite("Echo", .needsBroker, .brokerLimit)
struct EchoTests {
    @Test("A message to oneself comes back, and leaves nothing behind")
    func comesBack() async throws {
        try await Chain.with { chain in
            let echo = Echo(sender: chain.broker, logger: chain.logger)
            try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                for _ in 0..<3 {
                    let duration = try #require(try await echo.roundTrip(over: connection))
                    #expect(duration > .zero)
                }
            }
            let queues = try await chain.server.control(["-q", "list_queues", "-p", chain.broker.virtualHost, "name"])
            #expect(!queues.contains("amq.gen"))
        }
    }

    @Test("A message that does not come back is an error after which the connection is made anew")
    func doesNotComeBack() async throws {
        try await Chain.with { chain in
            var elsewhere = chain.broker
            elsewhere.virtualHost = "/"
            let echo = Echo(sender: elsewhere, logger: chain.logger)
            try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                let error = await #expect(throws: AMQPError.self) { _ = try await echo.roundTrip(over: connection) }
                #expect(error?.isRetriable == true)
            }
        }
    }
}
