//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite("The queue of pushes, in the state file")
struct PushTests {
    static let lease: Int64 = 60_000

    /// A channel of a post.
    static func channel(
        _ owner: PushChannel.Owner = .post(liaison),
        _ kind: PushChannel.Kind = .webhook,
        address: String = "https://push.example/hook?key=secret",
        timing: PushTiming = PushTiming()
    ) -> PushChannel {
        PushChannel(
            n: 0,
            owner: owner,
            kind: kind,
            address: address,
            secret: [1, 2, 3],
            language: "zh",
            timing: timing,
            createdAt: at(1)
        )
    }

    /// A push of a line of history, due at once.
    static func draft(
        _ channel: Int64,
        line: Int64,
        _ assignment: AssignmentID = .sample(7, 1),
        kind: PushKind = .issued,
        isUrgent: Bool = false,
        mailbox: String = "cell.1.liaison",
        at instant: Instant = at(1_000),
        notBefore: Instant? = nil
    ) -> PushDraft {
        PushDraft(
            channel: channel,
            line: line,
            notice: PushNotice(post: liaison, kind: kind, assignment: assignment, isUrgent: isUrgent, dueAt: nil),
            mailbox: mailbox,
            at: instant,
            notBefore: notBefore ?? instant
        )
    }

    static func claim(
        _ file: StateFile,
        at now: Instant,
        limit: Int = 64,
        owner: String = "p",
        workers: Int = 1
    ) async throws -> [PushMessage] {
        try await file.write { store in
            var count = 0
            return try store.claimPushes(
                owner: owner,
                now: now,
                leaseMilliseconds: lease,
                limit: limit,
                name: {
                    count += 1
                    return "\(now.milliseconds)-\(count)"
                },
                workers: { _ in workers }
            )
        }
    }

    static func settle(
        _ file: StateFile,
        _ messages: [PushMessage],
        _ result: PushOutcome.Result,
        at now: Instant,
        owner: String = "p"
    ) async throws -> Int {
        try await file.write { store in
            try store.settlePushes(
                messages.map { PushOutcome(message: $0.id, result: result) },
                owner: owner,
                now: now
            )
        }
    }

    @Test("Who holds a post, stands in for it, or asked for the post itself is told; who is disabled is not")
    func recipients() async throws {
        try await withStateFile { file async throws in
            let found = try await file.write { store -> [[Int64]] in
                let holder = try #require(try store.addPerson(named: "holder", posts: [liaison], at: at(1)))
                let other = try #require(try store.addPerson(named: "other", posts: [leader], at: at(1)))
                let away = try #require(try store.addPerson(named: "away", posts: [liaison], at: at(1)))
                for person in [holder, other, away] {
                    _ = try store.addPushChannel(Self.channel(.person(person, name: "")))
                }
                _ = try store.addPushChannel(Self.channel(.post(liaison)))
                try store.setDisabled(true, of: away)
                _ = try store.addStandIn(
                    for: liaison,
                    person: other,
                    from: at(10),
                    to: at(20),
                    grantedBy: nil,
                    at: at(1)
                )
                return try [at(9), at(10), at(19), at(20)].map { try store.pushChannels(of: liaison, at: $0).map(\.n) }
            }
            #expect(found == [[1, 4], [1, 2, 4], [1, 2, 4], [1, 4]])
            let channels = try await file.read { try $0.pushChannels() }
            #expect(channels.map(\.n) == [1, 2, 3, 4])
            #expect(channels.last?.owner == .post(liaison))
            #expect(channels.first?.shownAddress == "https://push.example/***")
            #expect(!String(reflecting: channels).contains("secret"))
        }
    }

    @Test("What happened before the first channel is told to nobody; a line is told once however often it is planned")
    func once() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                try store.apply(
                    Decision {
                        $0.order = .sample()
                        $0.history = (1...5).map { _ in
                            HistoryEntry(
                                assignment: .sample(),
                                event: .issued,
                                at: at(1),
                                actor: nil,
                                cause: messageID("m")
                            )
                        }
                    }
                )
            }
            #expect(try await file.read { try $0.pushedLine() } == 0)
            let n = try await file.write { try $0.addPushChannel(Self.channel()) }
            #expect(try await file.read { try $0.pushedLine() } == 5)
            let drafts = (6...9).map { Self.draft(n, line: $0, .sample(7, Int($0))) }
            #expect(try await file.write { try $0.queuePushes(drafts) } == 4)
            #expect(try await file.write { try $0.queuePushes(drafts + [Self.draft(n, line: 10)]) } == 1)
            #expect(try await file.write { try $0.queuePushes([Self.draft(99, line: 1)]) } == 0, "no such channel")
            #expect(try await file.write { try $0.removePushChannel(n) })
            #expect(try await file.read { try $0.pushes(limit: 9) }.isEmpty)
            #expect(try await file.write { try $0.removePushChannel(n) } == false)
        }
    }

    @Test("An urge on the same matter within a minute is told once")
    func urges() async throws {
        try await withStateFile { file async throws in
            let counts = try await file.write { store -> [Int] in
                let n = try store.addPushChannel(Self.channel())
                return try [(1, 0), (2, 10), (3, 59_999), (4, 60_001), (5, 500_000)].map { line, time in
                    try store.queuePushes([Self.draft(n, line: line, kind: .urged, at: at(1_000 + time))])
                }
            }
            #expect(counts == [1, 0, 0, 1, 1])
        }
    }

    @Test("A mailbox has as many messages on their way as it has workers, and others go on")
    func lanes() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                for index in 0..<10 {
                    let n = try store.addPushChannel(Self.channel())
                    let mailbox = index < 8 ? "flooded" : "neighbour"
                    for line in 0..<5 {
                        let draft = Self.draft(n, line: Int64(line), .sample(7, line + 1), mailbox: mailbox)
                        _ = try store.queuePushes([draft])
                    }
                }
            }
            let first = try await Self.claim(file, at: at(2_000), workers: 3)
            #expect(first.count == 5 + 1, "three of the flooded mailbox, three of its neighbour")
            #expect(first.count { $0.channel.n > 8 } == 3)
            #expect(try await Self.claim(file, at: at(2_000), workers: 3).isEmpty)
            _ = try await Self.settle(file, Array(first.prefix(2)), .sent, at: at(2_001))
            #expect(try await Self.claim(file, at: at(2_001), workers: 3).count == 2)
        }
    }

    @Test("What waits goes to a robot in one message, to a program one after the other of an assignment")
    func combining() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                for kind in [PushChannel.Kind.wecom, .webhook] {
                    let n = try store.addPushChannel(Self.channel(.post(liaison), kind))
                    for line in 1...4 { _ = try store.queuePushes([Self.draft(n, line: Int64(line))]) }
                }
            }
            var told: [[Int64]] = []
            for time in 1...5 {
                let messages = try await Self.claim(file, at: at(2_000 + Int64(time)), workers: 64)
                told += messages.map { $0.pushes.map(\.n) }
                _ = try await Self.settle(file, messages, .sent, at: at(2_000 + Int64(time)))
            }
            #expect(told.sorted { $0[0] < $1[0] } == [[1, 2, 3, 4], [5], [6], [7], [8]])
        }
    }

    @Test("What is urgent goes at once, and takes along what came before it about the same")
    func urgent() async throws {
        try await withStateFile { file async throws in
            let night = at(9_000_000)
            try await file.write { store in
                let n = try store.addPushChannel(Self.channel())
                _ = try store.queuePushes([
                    Self.draft(n, line: 1, .sample(7, 1), notBefore: night),
                    Self.draft(n, line: 2, .sample(7, 2), notBefore: night),
                ])
            }
            #expect(try await Self.claim(file, at: at(2_000)).isEmpty)
            #expect(try await file.read { try $0.nextPush(after: at(2_000)) } == night)
            _ = try await file.write {
                try $0.queuePushes([Self.draft(1, line: 3, .sample(7, 2), isUrgent: true, at: at(2_000))])
            }
            var told: [Int64] = []
            for _ in 1...3 {
                let messages = try await Self.claim(file, at: at(2_000), workers: 9)
                told += messages.flatMap { $0.pushes.map(\.n) }
                _ = try await Self.settle(file, messages, .sent, at: at(2_001))
            }
            #expect(told == [2, 3])
        }
    }

    @Test("Attempts in vain come further and further apart, under one name, until the push is given up")
    func givingUp() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                let n = try store.addPushChannel(Self.channel())
                _ = try store.queuePushes([Self.draft(n, line: 1), Self.draft(n, line: 2, .sample(7, 2))])
            }
            var (now, names, tries): (Instant, Set<String>, [Int64]) = (at(2_000), [], [])
            var givenUp = 0
            while let next = try await file.read({ [now] in try $0.nextPush(after: now) })
                ?? (tries.isEmpty ? now : nil)
            {
                now = max(now, next)
                let messages = try await Self.claim(file, at: now, workers: 1)
                for message in messages where message.pushes[0].n == 1 {
                    names.insert(message.id)
                    tries.append(now.milliseconds)
                }
                givenUp += try await Self.settle(file, messages, .failed("http-500", rest: nil), at: now)
            }
            #expect(givenUp == 2)
            #expect(names.count == 1)
            #expect(tries.count == PushPatience.attempts)
            let pauses = zip(tries, tries.dropFirst()).map { $1 - $0 }
            #expect(zip(pauses, (1...7).compactMap(PushPatience.pause)).allSatisfy { $0 >= $1 })
            let rows = try await file.read { try $0.pushes(limit: 9) }
            #expect(rows.allSatisfy { $0.state == .givenUp && $0.error == "http-500" })
            let figures = try await file.read { [now] in try $0.pushFigures(at: now) }
            #expect(figures == PushFigures(waiting: 0, oldestDue: nil, givenUp: 2))
            #expect(try await file.read { try $0.pushChannels() }.first?.failures == 16)
            // Nothing is kept for ever.
            let later = now.adding(milliseconds: StoreTransaction.givenUpPushMemory + 1)
            _ = try await file.write { try $0.sweepPushes(at: later, limit: 100) }
            #expect(try await file.read { try $0.pushes(limit: 9) }.isEmpty)
        }
    }

    @Test("Who dies over a message leaves it to the next, under its own name; a late word of the dead changes nothing")
    func dying() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                let n = try store.addPushChannel(Self.channel())
                _ = try store.queuePushes([Self.draft(n, line: 1)])
            }
            let first = try await Self.claim(file, at: at(2_000), owner: "dead")
            #expect(try await Self.claim(file, at: at(2_000 + Self.lease - 1)).isEmpty)
            #expect(try await file.read { try $0.nextPush(after: at(2_000)) } == at(2_000 + Self.lease))
            let second = try await Self.claim(file, at: at(2_000 + Self.lease))
            #expect(second.map(\.id) == first.map(\.id))
            #expect(second.first?.attempts == 2)
            #expect(try await Self.settle(file, first, .refused("http-404"), at: at(70_000), owner: "dead") == 0)
            #expect(try await file.read { try $0.pushes(limit: 1) }.first?.state == .sending)
            #expect(try await Self.settle(file, second, .sent, at: at(70_000)) == 0)
            #expect(try await file.read { try $0.pushes(limit: 1) }.first?.state == .sent)
        }
    }

    @Test("A receiver that says how long to wait is left alone so long, on all channels to it")
    func resting() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                for line in 1...2 {
                    let n = try store.addPushChannel(Self.channel(.post(liaison), .wecom))
                    _ = try store.queuePushes([Self.draft(n, line: Int64(line))])
                }
            }
            let first = try await Self.claim(file, at: at(2_000), limit: 1)
            #expect(first.count == 1)
            _ = try await Self.settle(file, first, .failed("wecom-45009", rest: 60_000), at: at(2_000))
            #expect(try await Self.claim(file, at: at(61_999), workers: 9).isEmpty)
            // One finds out for all.
            let second = try await Self.claim(file, at: at(62_000), workers: 9)
            #expect(second.count == 1)
            #expect(try await Self.claim(file, at: at(62_000), workers: 9).isEmpty)
            _ = try await Self.settle(file, second, .sent, at: at(62_001))
            #expect(try await Self.claim(file, at: at(62_001), workers: 9).count == 1)
        }
    }

    @Test("What waited for days is no news and is given up")
    func tooLate() async throws {
        try await withStateFile { file async throws in
            try await file.write { store in
                let n = try store.addPushChannel(Self.channel())
                _ = try store.queuePushes([Self.draft(n, line: 1)])
            }
            let late = at(1_000 + PushPatience.longestWait)
            #expect(try await file.write { try $0.sweepPushes(at: late, limit: 9) } == 0)
            #expect(try await file.write { try $0.sweepPushes(at: late.adding(milliseconds: 1), limit: 9) } == 1)
            #expect(try await file.read { try $0.pushes(.givenUp, limit: 1) }.first?.error == "too-late")
        }
    }
}
