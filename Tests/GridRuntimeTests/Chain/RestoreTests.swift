//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

/// Orders were issued after the backup that is put back. The file does not know of them; the broker and others do.
@Suite("A backup put back that is older than some orders, over the real broker", .needsBroker, .brokerLimit)
struct RestoreTests {
    @Test("What is issued then has a case number of its own, and mail of the lost orders harms nobody")
    func lostOrders() async throws {
        try await Chain.with { chain in
            let (backup, path) = (chain.folder + "/backup", chain.folder + "/restored.sqlite")
            try await chain.declareTopology()
            _ = try await chain.gridwork(["backup", backup])
            let lost = try await chain.withNode(mailboxes: MailboxSelection(roles: ["office", "cell-leader"])) {
                let lost = [try await chain.issue(), try await chain.issue()]
                let groups = chain.street.communities * chain.street.cells * chain.street.groups
                try await poll("what is for the group leaders lies in their mailboxes") {
                    try await chain.waitingMessages().values.reduce(0, +) == groups * lost.count
                }
                return lost
            }
            _ = try await chain.gridwork(["restore", backup, "--state", path])
            let file = try StateFile.open(at: path)
            try await finally {
                let restored = chain.with(store: file)
                let roots = [try await restored.issue(), try await restored.issue()]
                #expect(Set((lost + roots).map(\.order)).count == 4)
                try await restored.withNode {
                    for root in roots { try await restored.awaitFanOut(of: root) }
                    // The lost ones go as far as the mail that was on its way: to people whose reports nobody asked for.
                    for root in lost {
                        let below = chain.street.communities * chain.street.cells * chain.street.groups
                        try await file.eventually("the mail of \(root) has been handled") { store in
                            try store.assignments(under: root).count { $0.post.role == "group-leader" } == below
                        }
                    }
                    for root in roots + lost { try await restored.completeLeaves(under: root) }
                    for root in roots { try await restored.awaitState(.completed, of: root) }
                    for root in roots { try await restored.expectEachOnce(root) }
                }
                try await restored.expectSound(roots)
            } then: {
                try file.close()
            }
        }
    }

    @Test(
        "Backup, more work, restore, reconcile and up, each by its command: the order completes, nothing lost or doubled"
    )
    func byCommands() async throws {
        try await Chain.with { chain in
            let backup = chain.folder + "/backup"
            let groups = chain.street.communities * chain.street.cells * chain.street.groups
            try await chain.declareTopology()
            let root = try await chain.withNode(mailboxes: MailboxSelection(roles: ["office", "cell-leader"])) {
                let root = try await chain.issue()
                try await poll("what is for the group leaders lies in their mailboxes") {
                    try await chain.waitingMessages().values.reduce(0, +) == groups
                }
                try await chain.store.eventually("all of it is sent") { try $0.outboxStatus().count == 0 }
                return root
            }
            _ = try await chain.gridwork(["backup", backup])
            try await chain.withProcess { node in
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root.leg(1))
                try await chain.store.eventually("the street has heard of it, and nothing is on its way") { store in
                    try store.assignment(root)?.legs.completed == 1 && store.outboxStatus().count == 0
                }
                node.signal(SIGTERM)
                #expect(try await node.end() == 0)
            }
            try chain.store.close()
            _ = try await chain.gridwork(["restore", backup])
            let file = try StateFile.open(at: chain.store.path)
            try await finally {
                let restored = chain.with(store: file)
                #expect(try await restored.assignment(root)?.legs.completed == 0)
                // Its mail was handled by the file that is gone.
                #expect(try await restored.waitingMessages() == [:])
                #expect(try await restored.gridwork(["reconcile"]).output.contains("\(groups)"))
                try await restored.withProcess { node in
                    try await restored.awaitFanOut(of: root)
                    try await restored.completeLeaves(under: root)
                    try await restored.awaitState(.completed, of: root)
                    node.signal(SIGTERM)
                    #expect(try await node.end() == 0)
                }
                try await restored.expectEachOnce(root)
                try await restored.expectSound([root])
                try await restored.expectNothingLeft()
            } then: {
                try file.close()
            }
        }
    }
}
