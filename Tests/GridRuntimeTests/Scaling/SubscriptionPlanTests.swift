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
        SubscriptionPlan(of: mailboxes, rules: ScaleRules(rules), name: "1:1:0", peers: peers)
    }

    private func rule(_ scope: MailboxScope, _ instruction: ScaleRule.Instruction) -> ScaleRule {
        ScaleRule(scope, instruction, setAt: Instant(milliseconds: 1))
    }

    @Test("Without a word, every mailbox with one worker, however many processes there are")
    func silence() {
        let peer = SubscriptionPlan.Peer(name: "2:2:0", mailboxes: Set(mailboxes))
        for plan in [plan([]), plan([], peers: [peer])] {
            #expect(plan.shares.count == mailboxes.count)
            #expect(plan.shares.values.allSatisfy { $0.workers == 1 && $0.prefetch == 4_000 / mailboxes.count })
        }
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
            let plan = SubscriptionPlan(of: mailboxes, rules: rules, name: "1:1:0", peers: [], hasKeeper: hasKeeper)
            #expect(plan.shares[mailbox.name]?.workers == (hasKeeper ? nil : 1))
            #expect(plan.shares.count == mailboxes.count - (hasKeeper ? 1 : 0))
        }
    }

    @Test("Who is subscribed to a mailbox: each process that is there for it and has a worker of it")
    func subscribers() {
        let leaders = Set(mailboxes.filter { $0.role == "cell-leader" })
        let processes = [
            SubscriptionPlan.Peer(name: "1:1:0", mailboxes: Set(mailboxes)),
            SubscriptionPlan.Peer(name: "2:2:0", mailboxes: leaders),
            SubscriptionPlan.Peer(name: "3:3:0", mailboxes: leaders),
        ]
        func counts(_ rules: [ScaleRule], without name: String = "") -> (leader: Set<Int>, other: Set<Int>) {
            let all = SubscriptionPlan.subscribers(of: processes, rules: ScaleRules(rules)) { $0 != name }
            let (mine, rest) = (mailboxes.filter(leaders.contains), mailboxes.filter { !leaders.contains($0) })
            return (Set(mine.map { all[$0.name, default: 0] }), Set(rest.map { all[$0.name, default: 0] }))
        }
        #expect(counts([]) == ([3], [1]))
        #expect(counts([], without: "1:1:0") == ([2], [0]))
        #expect(counts([rule(MailboxScope(), .workers(1, prefetch: nil))]) == ([1], [1]))
        #expect(counts([rule(MailboxScope(role: "cell-leader"), .pause)]) == ([0], [1]))
    }

    @Test("Two processes have together what was asked for, and one alone where the other is not there for it")
    func shared() {
        let rules = [rule(MailboxScope(), .workers(5, prefetch: 10))]
        let leaders = Set(mailboxes.filter { $0.role == "cell-leader" })
        let own = plan(rules, peers: [.init(name: "2:2:0", mailboxes: leaders)])
        let other = SubscriptionPlan(
            of: leaders.sorted(),
            rules: ScaleRules(rules),
            name: "2:2:0",
            peers: [.init(name: "1:1:0", mailboxes: Set(mailboxes))]
        )
        for mailbox in mailboxes {
            let workers = [own, other].reduce(0) { $0 + ($1.shares[mailbox.name]?.workers ?? 0) }
            #expect(workers == 5)
            #expect(own.shares[mailbox.name]?.prefetch == 10)
            #expect((other.shares[mailbox.name] != nil) == leaders.contains(mailbox))
        }
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
