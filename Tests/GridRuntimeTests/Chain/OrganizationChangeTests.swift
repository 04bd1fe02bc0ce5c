//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A new organization over the real broker", .needsBroker, .brokerLimit)
struct OrganizationChangeTests {
    @Test("Cells that are added while the node runs get mail without a restart", arguments: [true, false])
    func addedCells(byAnotherProcess: Bool) async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let first = try await chain.issue()
                try await chain.awaitFanOut(of: first)
                let larger = Street(communities: 3, cells: 2, groups: 2, liaisons: 2)
                let file = try larger.file()
                let writer = byAnotherProcess ? try StateFile.open(at: chain.store.path) : chain.store
                try await finally {
                    _ = try await writer.write { try $0.saveOrganization(file, at: chain.clock.now) }
                } then: {
                    if byAnotherProcess { try writer.close() }
                }
                let second = try await chain.issue()
                try await chain.store.eventually("the new cells have it too") {
                    try $0.assignments(under: second).count == larger.legs
                }
                #expect(try await chain.holder(of: second.leg(6).leg(2).leg(2)) == larger.liaison(6, 2, 2))
                // Work that was under way goes on.
                try await chain.completeLeaves(under: first)
                try await chain.awaitState(.completed, of: first)
            }
            // Mailboxes that are new were not lost.
            #expect(!chain.complaints.contains { $0.hasPrefix("The broker lost mailboxes") })
        }
    }

    @Test("A node that starts before any organization serves the mailboxes once there is one")
    func startsWithout() async throws {
        try await Chain.with { chain in
            let empty = try StateFile.open(at: chain.folder + "/empty.sqlite")
            let file = try chain.street.file()
            try await finally {
                // Not `withNode`, whose body begins when the mailboxes are served.
                let node = Node(
                    NodeConfiguration(broker: chain.broker, statePath: empty.path),
                    store: empty,
                    logger: chain.logger
                )
                try await chain.running(node.services, ending: .graceful) {
                    try await chain.awaitLog("No organization yet")
                    _ = try await empty.write { try $0.saveOrganization(file, at: chain.clock.now) }
                    try await within(.seconds(60), "it serves") { await node.readiness.waitUntilFirstReady() }
                }
            } then: {
                try empty.close()
            }
        }
    }
}
