//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite("The desired state of the workers, in the state file")
struct ScalingTests {
    private let cell = MailboxScope(area: code("310105002015001"), role: "liaison")

    @Test("What is said of a wider area takes the place of what was said before, each matter for itself")
    func superseding() async throws {
        try await withStateFile { file async throws in
            let community = MailboxScope(area: code("310105002015"))
            let said = [
                ScaleRule(cell, .workers(4, prefetch: 20), setAt: at(1)), ScaleRule(cell, .pause, setAt: at(2)),
                ScaleRule(MailboxScope(role: "cell-leader"), .pause, setAt: at(3)),
                ScaleRule(community, .workers(nil, prefetch: nil), setAt: at(4)),
                ScaleRule(cell, .resume, setAt: at(5)),
            ]
            for (version, rule) in said.enumerated() {
                #expect(try await file.write { try $0.setScale(rule) } == version + 1)
            }
            #expect(try await file.read { try $0.scaleRules() }.rules == [said[2], said[3], said[4]])
            // Of everything: what holds without a word needs none.
            _ = try await file.write { try $0.setScale(ScaleRule(MailboxScope(), .resume, setAt: at(6))) }
            #expect(try await file.read { try $0.scaleRules() }.rules == [said[3]])
            #expect(try await file.read { try $0.scaleVersion() } == 6)
        }
    }

    @Test("A policy takes the place of a number and a number that of a policy, and what was decided goes with it")
    func policies() async throws {
        try await withStateFile { file async throws in
            let policy = AutoscalePolicy(
                .deadlineSlack,
                value: 0.5,
                activationValue: 3,
                metricType: .value,
                minimum: 0,
                maximum: 9,
                prefetch: 4
            )
            let mailbox = Mailbox(level: "cell", code: code("310105002015001"), role: "liaison")
            for rule in [
                ScaleRule(cell, .workers(4, prefetch: 20), setAt: at(1)), ScaleRule(cell, .pause, setAt: at(2)),
                ScaleRule(cell, .automatic(policy), setAt: at(3)),
            ] {
                _ = try await file.write { try $0.setScale(rule) }
            }
            var rules = try await file.read { try $0.scaleRules() }
            #expect(rules.rules.map(\.instruction) == [.pause, .automatic(policy)])
            #expect(rules.scale(of: mailbox).workers == 1 && rules.scale(of: mailbox).prefetch == 4)

            let decision = AutoscaleDecision(workers: 0, reason: "why", at: at(4))
            let decided = [mailbox.name: decision, "other": decision]
            let version = try await file.write { try $0.decide(decided, keeping: [mailbox.name, "other"]) }
            #expect(version == 4)
            #expect(try await file.write { try $0.decide([:], keeping: [mailbox.name]) } == 4)
            rules = try await file.read { try $0.scaleRules() }
            #expect(rules.decisions == [mailbox.name: decision])
            #expect(rules.scale(of: mailbox).decision == decision && rules.scale(of: mailbox).isAtRest)

            // Of everything: a number, and then no word at all.
            let number = ScaleRule(MailboxScope(), .workers(2, prefetch: nil), setAt: at(5))
            _ = try await file.write { try $0.setScale(number) }
            rules = try await file.read { try $0.scaleRules() }
            #expect(
                !rules.haveAPolicy && rules.scale(of: mailbox).workers == 2 && rules.scale(of: mailbox).policy == nil
            )
        }
    }

    @Test("The deadlines that can still be met are those of open work that lie ahead")
    func deadlines() async throws {
        try await withStateFile { file async throws in
            let holder = post("liaison@31010500201500101001")
            let lines: [(AssignmentState, PostAddress, Int64?)] = [
                (.issued, holder, 50), (.accepted, holder, 200), (.escalated, holder, 300), (.issued, holder, nil),
                (.issued, holder, 5), (.submitted, holder, 20), (.completed, holder, 30), (.issued, leader, 15),
            ]
            try await file.write { store in
                for (number, line) in lines.enumerated() {
                    var assignment = Assignment.sample(.sample(7, number + 1))
                    (assignment.state, assignment.post, assignment.dueAt) = (line.0, line.1, line.2.map(at))
                    try store.apply(Decision { $0.assignment = assignment })
                }
            }
            func ask(_ posts: [PostAddress], _ now: Int64, _ time: Int64) async throws -> [Int64]? {
                try await file.read { try $0.deadlines(of: posts, after: at(now), by: at(time)) }
                    .map { [$0.next.milliseconds, Int64($0.count)] }
            }
            #expect(try await ask([holder], 10, 250) == [50, 2])
            #expect(try await ask([holder], 10, 50) == [50, 0])
            #expect(try await ask([holder], 60, 1_000) == [200, 2])
            #expect(try await ask([holder, leader], 10, 16) == [15, 1])
            #expect(try await ask([holder], 301, 1_000) == nil)
            #expect(try await ask([], 1, 9) == nil)
        }
    }

    @Test("Processes come, tell, are drained and go; each but the telling that they are alive is a new version")
    func processes() async throws {
        try await withStateFile { file async throws in
            let first = WorkerProcess(name: "1:1:0", duties: "node", selection: "{}", startedAt: at(1))
            let second = WorkerProcess(name: "2:2:0", duties: "worker", selection: "{}", startedAt: at(2))
            for process in [second, first] { try await file.write { try $0.registerProcess(process) } }
            #expect(try await file.read { try $0.workerProcesses() } == [first, second])
            #expect(try await file.read { try $0.scaleVersion() } == 2)

            func note(_ isServing: Bool) async throws -> Bool {
                try await file.write {
                    try $0.noteProcess("1:1:0", applied: 2, released: 1, isServing: isServing, report: "r", at: at(9))
                }
            }
            #expect(try await note(false))
            #expect(try await file.read { try $0.scaleVersion() } == 2)
            // Its part of the workers is its own from now on.
            for _ in 1...2 { #expect(try await note(true)) }
            #expect(try await file.read { try $0.scaleVersion() } == 3)
            #expect(try await file.write { try $0.setDraining(true, of: "1:1:0") } == 4)
            var told = first
            (told.seenAt, told.applied, told.released) = (at(9), 2, 1)
            (told.report, told.isDraining, told.isServing) = ("r", true, true)
            #expect(try await file.read { try $0.workerProcesses() } == [told, second])
            #expect(try await file.write { try $0.beginProcess("1:1:0") })
            told.released = 0
            #expect(try await file.read { try $0.workerProcesses() } == [told, second])
            #expect(try await file.read { try $0.scaleVersion() } == 4)

            try await file.write { try $0.removeProcess("1:1:0") }
            #expect(try await file.read { try $0.scaleVersion() } == 5)
            #expect(try await note(true) == false)
            #expect(try await file.write { try $0.setDraining(true, of: "1:1:0") } == nil)
        }
    }

    @Test("Who was not seen for long is struck out by the next that comes")
    func forgotten() async throws {
        try await withStateFile { file async throws in
            let old = WorkerProcess(name: "1:1:0", duties: "node", selection: "{}", startedAt: at(1))
            let new = WorkerProcess(name: "2:2:0", duties: "node", selection: "{}", startedAt: at(100_000))
            #expect(old.wasSeenLately(at: at(15_001)) && !old.wasSeenLately(at: at(15_002)))
            #expect(new.wasSeenLately(at: at(1)), "a clock that was set back makes nobody dead")
            for process in [old, new] { try await file.write { try $0.registerProcess(process) } }
            #expect(try await file.read { try $0.workerProcesses() } == [new])
        }
    }
}
