//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridRuntime
import Logging
import Testing

@Suite("Measuring, over the real broker", .needsBroker, .brokerLimit)
struct BenchTests {
    @Test("A measurement leaves no queue of its own, since one that gets all mail would slow down the next")
    func nothingLeft() async throws {
        let broker = try #require(TestBroker.shared)
        try await broker.withVhost { vhost in
            var configuration = broker.configuration
            configuration.virtualHost = vhost
            let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
            // First, since it would take away what agents have left.
            let hop = HopBench(hops: 10, cells: 2, past: 0, broker: configuration, folder: nil, logger: logger)
            #expect(try await hop.run().hops == 10)
            let chain = ChainBench(cells: 1, broker: configuration, folder: nil, logger: logger)
            let order = try await chain.run()
            // The root is issued by a command. The cell leader, 5 group leaders and 20 liaisons are issued, acknowledge by a command
            // that is reported, and are reported complete; a liaison completes by a command.
            #expect((order.legs, order.messages) == (27, 1 + 26 * 4 + 20))
            let names = try await broker.control(["list_queues", "--quiet", "--vhost", vhost, "name"])
                .split(separator: "\n").filter { $0 != "name" }
            #expect(names.sorted() == ["gridwork.dead", "gridwork.unrouted"])
        }
    }
}
