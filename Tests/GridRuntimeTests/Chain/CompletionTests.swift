//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Completion over the real broker", .needsBroker, .brokerLimit)
struct CompletionTests {
    @Test("An order goes down to every liaison and comes back completed, each step once, and leaves nothing behind")
    func completes() async throws {
        try await Chain.with { chain in
            let root = try await chain.withAgents { _ in
                try await chain.withNode {
                    let root = try await chain.issue(
                        chain.draft(acceptBy: .after(milliseconds: 3_600_000), dueAt: .after(milliseconds: 86_400_000))
                    )
                    try await chain.awaitState(.completed, of: root)
                    return root
                }
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
            #expect(chain.complaints.isEmpty)
        }
    }

    @Test("A duplicate, and another, of every message changes nothing")
    func duplicates() async throws {
        try await Chain.with { chain in
            let root = try await chain.withAgents { _ in
                try await chain.withTap(copies: 2) { tap in
                    try await chain.withNode {
                        let root = try await chain.issue()
                        try await chain.awaitState(.completed, of: root)
                        #expect(tap.messages.count > 100)
                        return root
                    }
                }
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("Assignments given back and escalated by the agents are all settled, and the order completes")
    func returnsAndEscalations() async throws {
        try await Chain.with(street: Street(communities: 2, cells: 2, groups: 3, liaisons: 3)) { chain in
            let root = try await chain.withAgents(returnShare: 0.15, escalateShare: 0.15) { agents in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitState(.completed, of: root)
                    let sent = agents.commandsSent
                    #expect(sent[.reassign, default: 0] > 0)
                    #expect(sent[.answer, default: 0] > 0)
                    try await chain.store.eventually("every escalation is answered") {
                        try $0.escalations(of: nil, openOnly: true).isEmpty
                    }
                    return root
                }
            }
            let assignments = try await chain.store.read { try $0.assignments(under: root) }
            let open = assignments.filter { !$0.state.isFinal }
            #expect(open.isEmpty, "still open: \(open.map { "\($0.id) \($0.state)" })")
            for assignment in assignments where assignment.state == .completed {
                #expect(try await chain.count(.completed, on: assignment.id) == 1)
            }
            try await chain.expectNothingLeft()
        }
    }
}
