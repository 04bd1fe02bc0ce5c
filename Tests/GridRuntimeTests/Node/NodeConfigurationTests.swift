//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridRuntime
import Testing

@Suite("The configuration of a node")
struct NodeConfigurationTests {
    @Test("Mailboxes that give no answer are made anew on a single broker only, unless it is said otherwise")
    func renewsMailboxes() {
        let nodes = ["one", "two", "three"].map { AMQPAddress(host: $0) }
        let single = AMQPConfiguration(addresses: [nodes[0]])
        let cluster = AMQPConfiguration(addresses: nodes)
        #expect(NodeConfiguration(broker: single, statePath: "state").renewsMailboxes)
        #expect(!NodeConfiguration(broker: cluster, statePath: "state").renewsMailboxes)
        #expect(!NodeConfiguration(broker: single, statePath: "state", renewsMailboxes: false).renewsMailboxes)
        #expect(NodeConfiguration(broker: cluster, statePath: "state", renewsMailboxes: true).renewsMailboxes)
    }
}
