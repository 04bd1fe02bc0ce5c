//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

/// Days of a queue in a second: events, failures, crashes and silence as a seed has them.
@Suite("The queue of pushes, under whatever happens")
struct PushRunTests {
    private struct Key: Hashable {
        let channel: Int64
        let assignment: AssignmentID
    }

    private struct Sent {
        let message: PushMessage
        let at: Instant
    }

    @Test(
        "Nothing is lost, doubled or told out of order; lanes and robots' minutes hold",
        arguments: [1, 2, 3, 4, 20_261_123] as [UInt64]
    )
    func random(seed: UInt64) async throws {
        try await withStateFile { file async throws in
            var random = SeededGenerator(seed: seed)
            func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
            let kinds: [PushChannel.Kind] = [.wecom, .wecom, .webhook, .sms]
            let mailboxes = ["a", "b"]
            let workers = 3
            for (index, kind) in kinds.enumerated() {
                let digest = index == 3 ? 30 : 0
                // Both robots are one.
                let channel = PushTests.channel(
                    .post(liaison),
                    kind,
                    address: "https://\(kind.rawValue).example/",
                    timing: PushTiming(digestMinutes: digest)
                )
                _ = try await file.write { try $0.addPushChannel(channel) }
            }
            var (now, line): (Instant, Int64) = (at(86_400_000), 0)
            var (taken, turns): ([Sent], [Instant]) = ([], [])
            var onTheirWay: [PushMessage] = []
            var crashes = 0

            func step(_ isOver: Bool) async throws {
                now = now.adding(milliseconds: Int64.random(in: 0...(isOver ? 30_000 : 3_000), using: &random))
                if !isOver {
                    let drafts = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                        line += 1
                        let isUrgent = below(10) == 0
                        let wait = isUrgent || below(3) > 0 ? 0 : Int64(below(60_000))
                        return PushTests.draft(
                            Int64(below(4)) + 1,
                            line: line,
                            .sample(7, below(5) + 1),
                            isUrgent: isUrgent,
                            mailbox: mailboxes[below(2)],
                            at: now,
                            notBefore: now.adding(milliseconds: wait)
                        )
                    }
                    #expect(try await file.write { try $0.queuePushes(drafts) } == drafts.count)
                }
                let messages = try await PushTests.claim(file, at: now, limit: 8, workers: workers)
                turns += messages.filter { $0.channel.kind == .wecom }.map { _ in now }
                onTheirWay += messages
                let load = Dictionary(grouping: onTheirWay.map { $0.pushes[0].n }, by: { $0 })
                #expect(load.values.allSatisfy { $0.count == 1 }, "a message is taken by one at a time")
                #expect(onTheirWay.count <= workers * mailboxes.count)
                // Some come back, in any order.
                for message in onTheirWay where isOver || below(3) == 0 {
                    onTheirWay.removeAll { $0.id == message.id }
                    switch isOver ? 0 : below(10) {
                    case 0..<7:
                        taken.append(Sent(message: message, at: now))
                        _ = try await PushTests.settle(file, [message], .sent, at: now)
                    case 7: _ = try await PushTests.settle(file, [message], .failed("timeout", rest: nil), at: now)
                    case 8: _ = try await PushTests.settle(file, [message], .failed("busy", rest: 60_000), at: now)
                    default:
                        // Its process dies before it is sent; the lease tells, later.
                        crashes += 1
                    }
                }
            }

            for _ in 0..<300 { try await step(false) }
            var rounds = 0
            while try await file.read({ [now] in try $0.pushFigures(at: now) }).waiting > 0, rounds < 2_000 {
                rounds += 1
                try await step(true)
            }
            let rows = try await file.read { try $0.pushes(limit: 100_000) }
            #expect(rows.count == Int(line))
            #expect(rows.allSatisfy { $0.state == .sent || $0.state == .givenUp })
            #expect(rows.count { $0.state == .givenUp } < rows.count / 10)
            #expect(crashes > 0)

            let numbers = taken.flatMap { $0.message.pushes.map(\.n) }
            #expect(Set(numbers).count == numbers.count, "each was taken once")
            #expect(Set(numbers) == Set(rows.filter { $0.state == .sent }.map(\.n)))
            var last: [Key: Int64] = [:]
            for push in taken.flatMap(\.message.pushes) {
                let key = Key(channel: push.channel, assignment: push.notice.assignment)
                #expect(last[key, default: 0] < push.n, "told in its order")
                last[key] = push.n
            }
            let counted = turns.sorted()
            for (first, last) in zip(counted, counted.dropFirst(20)) {
                #expect(last.milliseconds - first.milliseconds >= 60_000, "twenty a minute, by two channels together")
            }
        }
    }
}
