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
                    try $0.noteProcess("1:1:0", applied: 2, isServing: isServing, report: "r", at: at(9))
                }
            }
            #expect(try await note(false))
            #expect(try await file.read { try $0.scaleVersion() } == 2)
            // Its part of the workers is its own from now on.
            for _ in 1...2 { #expect(try await note(true)) }
            #expect(try await file.read { try $0.scaleVersion() } == 3)
            #expect(try await file.write { try $0.setDraining(true, of: "1:1:0") } == 4)
            var told = first
            (told.seenAt, told.applied, told.report, told.isDraining, told.isServing) = (at(9), 2, "r", true, true)
            #expect(try await file.read { try $0.workerProcesses() } == [told, second])

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
            #expect(old.isAlive(at: at(15_001)) && !old.isAlive(at: at(15_002)))
            #expect(new.isAlive(at: at(1)), "a clock that was set back makes nobody dead")
            for process in [old, new] { try await file.write { try $0.registerProcess(process) } }
            #expect(try await file.read { try $0.workerProcesses() } == [new])
        }
    }
}
