//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridSimulator
import GridStore
import Testing

extension Chain {
    /// Expects every assignment of an order completed, each with one issue, one acknowledgement and one completion in
    /// its history.
    ///
    /// - Parameters:
    ///   - legs: How many assignments the order has; those of the whole street when nil.
    ///   - others: State files of other nodes that the order spans.
    func expectEachOnce(
        _ root: AssignmentID,
        legs: Int? = nil,
        with others: [StateFile] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var (assignments, history): ([Assignment], [HistoryLine]) = ([], [])
        for file in [store] + others {
            assignments += try await file.read { try $0.assignments(under: root) }
            history += try await file.read { try $0.history(under: root, limit: 100_000) }
        }
        #expect(assignments.count == legs ?? street.legs, sourceLocation: sourceLocation)
        let unfinished = assignments.filter { $0.state != .completed }
        #expect(unfinished.isEmpty, "not completed: \(unfinished.map(\.id))", sourceLocation: sourceLocation)
        for assignment in assignments {
            for event in [HistoryEntry.Event.issued, .acknowledged, .completed] {
                let count = history.count { $0.assignment == assignment.id && $0.event == event }
                #expect(count == 1, "\(assignment.id) was \(event) \(count) times", sourceLocation: sourceLocation)
            }
        }
    }

    /// Expects what the simulator expects of pages at rest: issuers and holders agree, counters are right, whoever is waited
    /// for knows it, every message was handled once, and the history alone explains every page.
    ///
    /// - Parameter others: State files of other nodes that the orders span.
    func expectSound(
        _ roots: [AssignmentID],
        with others: [StateFile] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var audit = PageAudit(of: roots)
        for file in [store] + others {
            let before = audit
            audit = try await file.read { store in
                var audit = before
                try audit.read(store)
                return audit
            }
            let damage = try await file.read { try $0.integrityFindings() }
            #expect(damage == [], sourceLocation: sourceLocation)
        }
        #expect(audit.broken() == [], sourceLocation: sourceLocation)
    }

    /// Expects that nothing is left over anywhere: no message, no row to be sent, no timer, no parked command.
    ///
    /// For after the node has stopped, when nothing is held by a consumer any more. What was still on its way then is
    /// handled first.
    func expectNothingLeft(
        deadLetters: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let expected = deadLetters == 0 ? [:] : ["gridwork.dead": deadLetters]
        var waiting = try await waitingMessages()
        for _ in 0..<5 where waiting != expected {
            // Messages that a consumer holds are not counted, so this can be over too early; hence several rounds.
            try await withNode {
                try await poll("the queues are empty") { try await self.waitingMessages() == expected }
            }
            waiting = try await waitingMessages()
        }
        #expect(waiting == expected, "messages are left", sourceLocation: sourceLocation)
        try await expectNothingLeftInFile(sourceLocation: sourceLocation)
    }

    /// Expects no row to be sent, no timer and no parked command in the state file.
    func expectNothingLeftInFile(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let (outbox, timers, parked) = try await store.read { store in
            (try store.outboxStatus().count, try store.timersPending(), try store.parkedCount())
        }
        #expect(outbox == 0, "rows in the outbox", sourceLocation: sourceLocation)
        #expect(timers == 0, "timers", sourceLocation: sourceLocation)
        #expect(parked == 0, "parked commands", sourceLocation: sourceLocation)
    }

    /// How often something happened on an assignment's page.
    func count(_ event: HistoryEntry.Event, on id: AssignmentID) async throws -> Int {
        try await store.read { try $0.history(under: id, limit: 100_000) }
            .count { $0.assignment == id && $0.event == event }
    }
}
