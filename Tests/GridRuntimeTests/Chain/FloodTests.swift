//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("A cell that is flooded, over the real broker", .needsBroker, .brokerLimit)
struct FloodTests {
    @Test("It holds up no neighbour: what a neighbour is sent waits for three transactions at most, whatever is held")
    func neighbour() async throws {
        try await Chain.with { chain in
            let (flooded, neighbour) = (chain.street.liaison(1, 1, 1), chain.street.liaison(2, 1, 1))
            let legs = try await Self.acceptedLegs(of: [flooded, neighbour], in: chain)
            let held = 5 * MailboxLoop.batchSize
            try await Self.set(.workers(10, prefetch: held / 10), for: flooded, in: chain)
            try await Self.flood(legs[0], as: flooded, 3 * held, in: chain)
            try await chain.withNode {
                // What it may hold has rushed in before, ahead of all others on the connection.
                try await Self.awaitReport(held, on: legs[0], in: chain)
                var spans: [ClosedRange<Int64>] = []
                for number in 1...2 {
                    let report = try chain.message(.progress, legs[1], as: neighbour, ActionBody(note: "\(number)"))
                    try await chain.publish([report])
                    let first = try await chain.store.read { try $0.newestHistoryLine() }
                    try await chain.store.eventually("the neighbour's message is handled") { store in
                        try store.lastLine(of: legs[1], .progressed)?.note == "\(number)"
                    }
                    let line = try await chain.store.read { try $0.lastLine(of: legs[1], .progressed) }
                    let last = try #require(line).n
                    spans.append(min(first, last)...last)
                }
                try await Self.awaitReport(3 * held, on: legs[0], in: chain)
                let flood = try await chain.store.read { try $0.history(of: legs[0], limit: 100_000) }
                    .filter { $0.event == .progressed }.map(\.n)
                try #require(flood.count { $0 > spans[1].upperBound } > 0, "the flood was over too early to tell")
                for span in spans {
                    // One that had begun, one that had been taken, one that was on its way before it, and a turn of its own.
                    #expect(flood.count { span.contains($0) } <= 3 * MailboxLoop.batchSize + 10)
                }
            }
        }
    }

    @Test("Whatever its workers are changed to meanwhile, each assignment's messages are handled in order")
    func order() async throws {
        try await Chain.with { chain in
            let posts = (1...2).map { chain.street.liaison(1, 1, $0) } + [chain.street.liaison(1, 2, 1)]
            let legs = try await Self.acceptedLegs(of: posts, in: chain)
            let messages = try (1...400).flatMap { number in
                try zip(legs, posts).map { leg, post in
                    try chain.message(.progress, leg, as: post, ActionBody(note: "\(number)"))
                }
            }
            try await Self.set(.workers(1, prefetch: 2), for: posts[0], in: chain)
            try await chain.publish(messages)
            try await chain.withNode {
                let desk = WorkerDesk(store: chain.store, logger: chain.logger)
                let scope = try Self.scope(of: posts[0], in: chain)
                for workers in [4, 2, 9, 1, 16, 3] {
                    let following = try await desk.set(.workers(workers, prefetch: 3), for: scope)
                    #expect(following.followed == 1)
                }
                for leg in legs {
                    try await Self.awaitReport(400, on: leg, in: chain)
                }
            }
            for leg in legs {
                let notes = try await chain.store.read { try $0.history(of: leg, limit: 10_000) }
                    .filter { $0.event == .progressed }.compactMap(\.note)
                #expect(notes == (1...400).map(String.init))
            }
            #expect(chain.complaints.isEmpty)
        }
    }

    @Test("More workers empty it several times as fast where each may hold little")
    func faster() async throws {
        try await Chain.with { chain in
            let post = chain.street.liaison(1, 1, 1)
            let legs = try await Self.acceptedLegs(of: [post], in: chain)
            var durations: [Duration] = []
            for (round, workers) in [1, 32].enumerated() {
                try await Self.set(.workers(workers, prefetch: 1), for: post, in: chain)
                let last = (round + 1) * 500
                try await Self.flood(legs[0], as: post, from: round * 500 + 1, last, in: chain)
                let start = try await chain.withNode {
                    let start = ContinuousClock.now
                    try await Self.awaitReport(last, on: legs[0], in: chain)
                    return start
                }
                durations.append(.now - start)
            }
            #expect(durations[0] > durations[1] * 2)
        }
    }

    /// Issues an order and has some liaisons acknowledge their legs.
    private static func acceptedLegs(of posts: [PostAddress], in chain: Chain) async throws -> [AssignmentID] {
        try await chain.withNode {
            let root = try await chain.issue()
            try await chain.awaitFanOut(of: root)
            let all = try await chain.store.read { try $0.assignments(under: root) }
            let legs = try posts.map { post in try #require(all.first { $0.post == post }).id }
            for leg in legs { try await chain.act(.acknowledge, leg) }
            return legs
        }
    }

    /// Publishes reports on an assignment, numbered.
    private static func flood(
        _ leg: AssignmentID,
        as post: PostAddress,
        from first: Int = 1,
        _ last: Int,
        in chain: Chain
    ) async throws {
        try await chain.publish(
            try (first...last).map { try chain.message(.progress, leg, as: post, ActionBody(note: "\($0)")) }
        )
    }

    /// Waits until a report and those before it have been handled. Not after each commit: pages with many lines take long to read.
    private static func awaitReport(_ number: Int, on leg: AssignmentID, in chain: Chain) async throws {
        try await poll("the report \(number) is handled") {
            let note = try await chain.store.read { try $0.lastLine(of: leg, .progressed)?.note }
            return note.flatMap { Int($0) } ?? 0 >= number
        }
    }

    private static func set(
        _ instruction: ScaleRule.Instruction,
        for post: PostAddress,
        in chain: Chain
    ) async throws {
        let rule = ScaleRule(try scope(of: post, in: chain), instruction, setAt: chain.clock.now)
        _ = try await chain.store.write { try $0.setScale(rule) }
    }

    private static func scope(of post: PostAddress, in chain: Chain) throws -> MailboxScope {
        let mailbox = try #require(chain.organization.mailbox(of: post))
        return MailboxScope(area: mailbox.code, role: mailbox.role)
    }
}

extension StoreQueries {
    /// The last line of a kind on an assignment's page.
    fileprivate func lastLine(of id: AssignmentID, _ event: HistoryEntry.Event) throws -> HistoryLine? {
        try history(of: id, limit: 100_000).last { $0.event == event }
    }
}
