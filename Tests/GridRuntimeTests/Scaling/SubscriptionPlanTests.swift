//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Testing

@testable import GridRuntime

@Suite("What a process subscribes to")
struct SubscriptionPlanTests {
    private let organization: Organization
    private let mailboxes: [Mailbox]

    init() throws {
        organization = try OrganizationFile.organization(from: Street.small.file())
        mailboxes = MailboxSelection().mailboxes(in: organization)
    }

    private func plan(_ rules: [ScaleRule], peers: [SubscriptionPlan.Peer] = []) -> SubscriptionPlan {
        SubscriptionPlan(
            of: mailboxes,
            rules: ScaleRules(rules),
            name: "1:1:0",
            breadth: mailboxes.count,
            peers: peers
        )
    }

    private func rule(_ scope: MailboxScope, _ instruction: ScaleRule.Instruction) -> ScaleRule {
        ScaleRule(scope, instruction, setAt: Instant(milliseconds: 1))
    }

    @Test("Without a word, every mailbox with one worker")
    func silence() {
        let plan = plan([])
        #expect(plan.shares.count == mailboxes.count)
        #expect(plan.shares.values.allSatisfy { $0.workers == 1 && $0.prefetch == 4_000 / mailboxes.count })
    }

    @Test("Mailboxes that are paused are left out")
    func paused() {
        let plan = plan([rule(MailboxScope(role: "liaison"), .pause)])
        #expect(Set(plan.shares.keys) == Set(mailboxes.filter { $0.role != "liaison" }.map(\.name)))
    }

    @Test("A mailbox that its policy leaves without a worker is left out as long as a node runs that can wake it")
    func asleep() throws {
        let mailbox = try #require(mailboxes.first { $0.role == "liaison" })
        let policy = AutoscalePolicy(.queueLength, value: 20, minimum: 0)
        let decision = AutoscaleDecision(workers: 0, reason: "", at: Instant(milliseconds: 1))
        let rules = ScaleRules([rule(MailboxScope(), .automatic(policy))], decisions: [mailbox.name: decision])
        for hasKeeper in [true, false] {
            let plan = SubscriptionPlan(
                of: mailboxes,
                rules: rules,
                name: "1:1:0",
                breadth: mailboxes.count,
                peers: [],
                hasKeeper: hasKeeper
            )
            #expect(plan.shares[mailbox.name]?.workers == (hasKeeper ? nil : 1))
            #expect(plan.shares.count == mailboxes.count - (hasKeeper ? 1 : 0))
        }
    }

    @Test("Each mailbox is held by one of those that are there for it, with all its workers, and they agree which")
    func held() {
        let rules = ScaleRules([rule(MailboxScope(role: "liaison"), .workers(5, prefetch: 10))])
        let names = ["1:1:0", "2:2:0", "3:3:0"]
        let plans = names.map { name in
            let peers = names.filter { $0 != name }.map { SubscriptionPlan.Peer(name: $0, mailboxes: Set(mailboxes)) }
            return SubscriptionPlan(of: mailboxes, rules: rules, name: name, breadth: mailboxes.count, peers: peers)
        }
        for mailbox in mailboxes {
            let shares = plans.compactMap { $0.shares[mailbox.name] }
            #expect(shares.map(\.workers) == [mailbox.role == "liaison" ? 5 : 1])
        }
    }

    @Test("Who is there for fewer mailboxes has them, and who is drained or has no connection has none")
    func narrower() {
        let leaders = Set(mailboxes.filter { $0.role == "cell-leader" })
        let names = Set(leaders.map(\.name))
        let other = SubscriptionPlan(
            of: leaders.sorted(),
            rules: ScaleRules([]),
            name: "2:2:0",
            breadth: leaders.count,
            peers: [.init(name: "1:1:0", mailboxes: Set(mailboxes))]
        )
        #expect(Set(other.shares.keys) == names)
        let own = plan([], peers: [.init(name: "2:2:0", mailboxes: leaders)])
        #expect(Set(own.shares.keys) == Set(mailboxes.map(\.name)).subtracting(names))
        let alone = plan([], peers: [.init(name: "2:2:0", mailboxes: leaders, isServing: false)])
        #expect(alone.shares.count == mailboxes.count)
    }

    @Test("What cannot be had yet is left out, and joined later")
    func leftOut() {
        let whole = plan([])
        var part = whole
        part.leaveOut([mailboxes[0].name])
        #expect(part.shares.count == mailboxes.count - 1)
        let window = whole.shares[mailboxes[0].name]?.window ?? 0
        #expect(whole.change(from: part) == .init(join: [mailboxes[0].name: window]))
    }

    @Test("However much is asked for, what a process has outstanding is bounded, in proportion")
    func bounded() {
        let plan = plan([
            rule(MailboxScope(), .workers(64, prefetch: 500)),
            rule(MailboxScope(role: "liaison"), .workers(64, prefetch: 1_000)),
        ])
        let total = plan.shares.values.reduce(0) { $0 + $1.window }
        #expect(total <= SubscriptionPlan.mostOutstanding)
        #expect(total > SubscriptionPlan.mostOutstanding / 2)
        let (liaison, leader) = ("cell.\(Street.code)001001.liaison", "cell.\(Street.code)001001.cell-leader")
        #expect((plan.shares[liaison]?.prefetch ?? 0) > (plan.shares[leader]?.prefetch ?? 0))
    }

    @Test("A turn gives what a mailbox of which nothing was said may hold; of others, by their workers")
    func turns() throws {
        let standard = 4_000 / mailboxes.count
        #expect(plan([]).shares.values.allSatisfy { $0.turn == min(standard, SubscriptionPlan.mostInTurn) })
        let mailbox = try #require(mailboxes.first)
        let scope = MailboxScope(area: mailbox.code, role: mailbox.role)
        let scaled = plan([rule(scope, .workers(10, prefetch: nil))]).shares
        #expect(scaled[mailbox.name]?.turn == SubscriptionPlan.mostInTurn)
        let others = scaled.filter { $0.key != mailbox.name }.values
        #expect(others.allSatisfy { $0.turn == SubscriptionPlan.mostInTurn / 10 })
        // More workers than that have a turn each all the same.
        let many = plan([rule(scope, .workers(1_000, prefetch: 1))]).shares
        #expect(many[mailbox.name]?.turn == 1_000)
    }

    @Test("Only what differs is changed")
    func change() {
        let before = plan([])
        let liaisons = MailboxScope(role: "liaison")
        let names = Set(mailboxes.filter { $0.role == "liaison" }.map(\.name))
        #expect(before.change(from: before).isEmpty)
        #expect(plan([rule(liaisons, .pause)]).change(from: before) == .init(leave: names))
        let more = plan([rule(liaisons, .workers(2, prefetch: 7))]).change(from: before)
        #expect(more.leave == names)
        #expect(more.join == Dictionary(uniqueKeysWithValues: names.map { ($0, 14) }))
        #expect(before.change(from: SubscriptionPlan()).join.count == mailboxes.count)
        #expect(SubscriptionPlan().change(from: before).leave.count == mailboxes.count)
    }
}
