//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
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
}
