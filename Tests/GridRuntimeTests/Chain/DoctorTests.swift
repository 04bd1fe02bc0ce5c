//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("What gridwork doctor finds, over the real broker", .needsBroker, .brokerLimit)
struct DoctorTests {
    @Test("Mailboxes that nobody serves are an error, before a node runs and when it was killed")
    func deaf() async throws {
        try await Chain.with { chain in
            try await chain.declareTopology()
            let count = MailboxSelection().mailboxes(in: chain.organization).count
            func expectDeaf() async throws {
                let doctor = try await chain.gridwork(["doctor"], expecting: 1)
                #expect(doctor.output.contains("nobody serves \(count) of \(count)"))
                #expect(doctor.output.contains("start gridwork up"))
            }
            try await expectDeaf()
            try await chain.withProcess { _ in
                let doctor = try await chain.gridwork(["doctor"], expecting: 0)
                #expect(doctor.output.contains("\(count) are served"))
            }
            // Killed. The broker misses it as soon as its sockets are closed.
            try await poll("the broker knows") {
                try await chain.gridwork(["doctor"], expecting: nil).output.contains("nobody serves")
            }
            try await expectDeaf()
        }
    }

    @Test("A process that holds messages and handles none, or is there and says nothing any more, is an error")
    func hung() async throws {
        try await Chain.with { chain in
            let report = #"{"mailboxes":[],"serving":4,"held":7,"perMinute":0,"busy":0"#
            let names = ["1:0:0", "\(ProcessIdentity.current(7))", "1:0:1", "2:0:0"]
            let now = chain.clock.now
            try await chain.store.write { store in
                for (index, age) in ([0, 20_000, 20_000, 0] as [Int64]).enumerated() {
                    let start = now.adding(milliseconds: Int64(index))
                    var process = WorkerProcess(
                        name: names[index],
                        duties: "worker",
                        selection: "{}",
                        startedAt: start
                    )
                    process.seenAt = now.adding(milliseconds: -age)
                    try store.registerProcess(process)
                }
                let stalled = report + #","stalledSeconds":130}"#
                // The second as an earlier version tells.
                for (name, report) in [(names[0], stalled), (names[3], report + "}")] {
                    _ = try store.noteProcess(
                        name,
                        applied: 0,
                        released: 0,
                        isServing: true,
                        report: report,
                        at: now
                    )
                }
            }
            let doctor = Doctor(broker: chain.broker, clock: chain.clock.wall, logger: chain.logger)
            let findings = await doctor.examine(chain.store).filter { $0.check == "processes" }
            try #require(findings.map(\.level) == [.error, .error, .ok])
            #expect(findings[0].finding.contains("\(names[0]) holds 7 messages and has handled none for 130 s"))
            #expect(findings[1].finding.contains("\(names[1]) has not told for"))
            #expect(findings.last?.finding == "at work on this state file: 1")
        }
    }
}
