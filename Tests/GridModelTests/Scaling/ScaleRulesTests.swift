//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("How mailboxes are to be served")
struct ScaleRulesTests {
    private static let codes = ["310105002", "310105002001", "310105002001001", "310105002001002", "310105002002001"]
    private static let roles = ["cell-leader", "liaison"]

    private static func mailbox(_ digits: String, _ role: String) throws -> Mailbox {
        Mailbox(level: "cell", code: try code(digits), role: role)
    }

    @Test("Without a word, a mailbox is served as processes see fit")
    func silence() throws {
        let scale = ScaleRules().scale(of: try Self.mailbox("310105002001001", "liaison"))
        #expect(scale == MailboxScale())
        #expect(!scale.isPaused)
    }

    @Test("A word about a community holds for its cells and its office, and for no other")
    func scopes() throws {
        let scope = MailboxScope(area: try code("310105002001"), role: "liaison")
        #expect(scope.contains(try Self.mailbox("310105002001001", "liaison")))
        #expect(scope.contains(try Self.mailbox("310105002001", "liaison")))
        #expect(!scope.contains(try Self.mailbox("310105002001001", "cell-leader")))
        #expect(!scope.contains(try Self.mailbox("310105002", "liaison")))
        #expect(!scope.contains(try Self.mailbox("310105002002001", "liaison")))
        #expect(MailboxScope().contains(scope))
        #expect(!scope.contains(MailboxScope()))
        #expect(!scope.contains(MailboxScope(area: scope.area)))
        #expect(MailboxScope(area: scope.area).contains(scope))
    }

    @Test("To pause and to scale are separate matters, and since when it is paused is told")
    func separate() throws {
        let mailbox = try Self.mailbox("310105002001001", "liaison")
        let cell = MailboxScope(area: mailbox.code)
        func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }
        let rules = ScaleRules([
            ScaleRule(cell, .workers(4, prefetch: 10), setAt: at(1)),
            ScaleRule(cell, .pause, setAt: at(2)),
            ScaleRule(MailboxScope(role: "liaison"), .pause, setAt: at(3)),
            ScaleRule(MailboxScope(), .workers(2, prefetch: nil), setAt: at(4)),
        ])
        #expect(rules.scale(of: mailbox) == MailboxScale(workers: 2, pausedAt: at(2)))
        let resumed = ScaleRules(rules.rules + [ScaleRule(cell, .resume, setAt: at(5))])
        #expect(resumed.scale(of: mailbox) == MailboxScale(workers: 2))
        #expect(resumed.scale(of: try Self.mailbox("310105002001002", "liaison")).isPaused)
    }

    @Test("What is superseded can be left out and nothing changes", arguments: SeededGenerator.seeds)
    func superseded(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var (all, kept): ([ScaleRule], [ScaleRule]) = ([], [])
            for time in 1...60 {
                let rule = try Self.rule(at: Instant(milliseconds: Int64(time)), &random)
                all.append(rule)
                kept.removeAll { rule.supersedes($0) }
                kept.append(rule)
            }
            // A scope is kept once for each matter, so what is kept is bounded by what there is to talk about.
            #expect(kept.count <= 2 * (Self.codes.count + 1) * (Self.roles.count + 1))
            for digits in Self.codes {
                for role in Self.roles {
                    let mailbox = try Self.mailbox(digits, role)
                    let (whole, short) = (ScaleRules(all).scale(of: mailbox), ScaleRules(kept).scale(of: mailbox))
                    #expect(whole.workers == short.workers && whole.prefetch == short.prefetch, "seed \(seed)")
                    #expect(whole.isPaused == short.isPaused, "seed \(seed)")
                }
            }
        }
    }

    private static func rule(at time: Instant, _ random: inout SeededGenerator) throws -> ScaleRule {
        let areas: [UnitCode?] = [nil] + (try codes.map { try code($0) })
        let roles: [String?] = [nil] + roles
        let scope = MailboxScope(
            area: areas[random.index(below: areas.count)],
            role: roles[random.index(below: roles.count)]
        )
        let instruction: ScaleRule.Instruction =
            switch random.index(below: 4) {
            case 0: .pause
            case 1: .resume
            case 2: .workers(nil, prefetch: nil)
            default: .workers(1 + random.index(below: 9), prefetch: random.index(below: 2) == 0 ? nil : 5)
            }
        return ScaleRule(scope, instruction, setAt: time)
    }
}
