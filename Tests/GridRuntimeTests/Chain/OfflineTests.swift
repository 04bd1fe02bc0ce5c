//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Commands while nothing runs, over the real broker", .needsBroker, .brokerLimit)
struct OfflineTests {
    @Test("An order issued while no node runs, and recalled in part, is delivered when one starts")
    func deliveredLater() async throws {
        try await Chain.with { chain in
            let root = try await chain.issue()
            try await chain.act(.recall, root.leg(4), as: chain.street.office, ActionBody(note: "该网格已走访"))
            #expect(try await chain.store.read { try $0.outboxStatus().count } == 5)
            try await chain.withAgents { _ in
                try await chain.withNode {
                    try await chain.awaitState(.completed, of: root)
                    try await chain.awaitState(.recalled, of: root.leg(4))
                }
            }
            #expect(try await chain.assignment(root)?.legs.completed == 3)
            try await chain.expectNothingLeft()
        }
    }

    @Test("What a node was told before it was cut off in the middle is carried on by the next one")
    func cutOff() async throws {
        try await Chain.with { chain in
            try await chain.withAgents { _ in
                let root = try await chain.withNode(ending: .abrupt) {
                    let root = try await chain.issue()
                    try await chain.store.eventually("some are done") {
                        try $0.counts(under: root, now: chain.clock.now).states.completed >= 3
                    }
                    return root
                }
                #expect(try await chain.assignment(root)?.state != .completed)
                try await chain.withNode {
                    try await chain.awaitState(.completed, of: root)
                }
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft()
        }
    }
}
