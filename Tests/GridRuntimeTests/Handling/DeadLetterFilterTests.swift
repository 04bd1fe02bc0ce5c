//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("Dead letters")
struct DeadLetterFilterTests {
    private static let mailbox = "cell.999999001001001.liaison"
    private static let now = Instant(milliseconds: 1_795_392_000_000)

    private static func message(id: String = "m", headers: [String: String] = [:]) -> StoredMessage {
        StoredMessage(
            exchange: ExchangeName.commands,
            routingKey: "\(mailbox).99999900100100101001.complete",
            messageID: id,
            headers: headers,
            type: "gridwork.command.complete.v1",
            correlationID: nil,
            body: Array("{}".utf8)
        )
    }

    private static func dead(_ kind: DeadLetterProblem.Kind, queue: String? = mailbox) -> DeadLetter {
        let marked = DeadLetter.mark(message(), as: kind, because: "why", queue: queue, attempts: 2, at: now)
        return DeadLetter(marked, from: ExchangeName.dead)
    }

    @Test("carry their problem, and are sent again exactly as they were", arguments: DeadLetterProblem.Kind.allCases)
    func problem(kind: DeadLetterProblem.Kind) {
        let letter = Self.dead(kind)
        #expect(letter.problem.kind == kind.rawValue && letter.problem.title == kind.title)
        #expect(letter.problem.type == "https://gridwork.example/problems/\(kind.rawValue)")
        #expect(letter.problem.detail == "why" && letter.problem.attempts == 2)
        #expect(letter.problem.instance.hasSuffix("/dead-letters/\(letter.key)"))
        #expect(letter.at == Self.now && letter.origin == Self.mailbox)
        #expect(letter.message == Self.message())
    }

    @Test("stay small enough to be sent, whatever the reason says", arguments: ["\u{1}", "\u{301}", "办"])
    func longDetail(part: String) {
        let reason = String(repeating: part, count: 100_000)
        let marked = DeadLetter.mark(Self.message(), as: .badMessage, because: reason, queue: nil, at: Self.now)
        #expect(marked.headers.values.allSatisfy { $0.utf8.count < 8_192 })
        #expect(DeadLetter(marked, from: ExchangeName.dead).problem.kind == "bad-message")
    }

    @Test("that nobody marked say what is known: who gave them up, and when they were sent")
    func unmarked() {
        var message = Self.message(headers: ["ce-time": "2026-11-23T00:00:00Z"])
        let unrouted = DeadLetter(message, from: ExchangeName.unrouted)
        #expect(unrouted.problem.kind == "unrouted" && unrouted.at == nil && unrouted.since == Self.now)
        message.headers["x-first-death-reason"] = "delivery_limit"
        message.headers["x-first-death-queue"] = Self.mailbox
        let givenUp = DeadLetter(message, from: ExchangeName.dead)
        #expect(givenUp.problem.kind == "broker-gave-up" && givenUp.problem.detail.hasSuffix("delivery_limit"))
        #expect(givenUp.problem.attempts == nil && givenUp.origin == Self.mailbox)
        message.headers = ["gridwork-dead-problem": "no JSON"]
        let unknown = DeadLetter(message, from: ExchangeName.dead)
        #expect(unknown.problem.kind == "unknown" && unknown.since == nil)
    }

    @Test("are picked by reason, mailbox and age, all of them together")
    func filter() {
        let letter = Self.dead(.crashed)
        let (before, after) = (Self.now.adding(milliseconds: -1), Self.now.adding(milliseconds: 1))
        let picking = [
            DeadLetterFilter(), DeadLetterFilter(reasons: ["crashed", "unrouted"]),
            DeadLetterFilter(mailbox: Self.mailbox), DeadLetterFilter(mailbox: "cell.999999001001001"),
            DeadLetterFilter(until: Self.now),
            DeadLetterFilter(from: Self.now),
            DeadLetterFilter(reasons: ["crashed"], mailbox: Self.mailbox, until: after, from: before),
        ]
        for filter in picking { #expect(filter.picks(letter), "\(filter)") }
        let passing = [
            DeadLetterFilter(reasons: ["unrouted"]), DeadLetterFilter(mailbox: "cell.999999001001001.l"),
            DeadLetterFilter(until: before), DeadLetterFilter(from: after),
            DeadLetterFilter(reasons: ["crashed"], mailbox: "cell.999999001001002.liaison"),
        ]
        for filter in passing { #expect(!filter.picks(letter), "\(filter)") }
    }

    @Test("are picked by the mailbox they were going to where they came off none, and by no age that is not known")
    func filterOfUnmarked() {
        let unrouted = DeadLetter(Self.message(), from: ExchangeName.unrouted)
        #expect(DeadLetterFilter(mailbox: Self.mailbox).picks(unrouted))
        #expect(!DeadLetterFilter(mailbox: "\(Self.mailbox).9").picks(unrouted))
        #expect(!DeadLetterFilter(until: Self.now).picks(unrouted))
        #expect(!DeadLetterFilter(from: Self.now).picks(unrouted))
    }
}
