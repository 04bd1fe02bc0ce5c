//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("Whether a process lives, by its name")
struct ProcessIdentityTests {
    @Test("This one does, under any number; one of its number that started at another time does not")
    func own() {
        for instance in 0...1 {
            let name = ProcessIdentity.current(instance).description
            #expect(ProcessIdentity.isAlive(name) && !ProcessIdentity.isKnownDead(name))
        }
        let parts = ProcessIdentity.current().description.split(separator: ":")
        #expect(parts.count == 4)
        #expect(ProcessIdentity.isAlive(parts.prefix(3).joined(separator: ":")))
        let earlier = "\(parts[0]):1:0:\(parts[3])"
        #expect(!ProcessIdentity.isAlive(earlier) && ProcessIdentity.isKnownDead(earlier))
    }

    @Test("Of another container's, and of names that tell no namespace, nothing is known but when they told last")
    func others() {
        for name in ["2:2:0", "99999999:1:0", "99999999:1:0:1", "", "test"] {
            #expect(!ProcessIdentity.isKnownDead(name))
            let start = Instant(milliseconds: 0)
            var process = WorkerProcess(name: name, duties: "node", selection: "{}", startedAt: start)
            #expect(process.isAlive(at: Instant(milliseconds: WorkerProcess.patience)))
            #expect(!process.isAlive(at: Instant(milliseconds: WorkerProcess.patience + 1)))
            process.seenAt = Instant(milliseconds: 9)
            #expect(process.isAlive(at: Instant(milliseconds: WorkerProcess.patience + 1)))
        }
    }
}
