//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A state file that somebody else holds, over the real broker", .needsBroker, .brokerLimit)
struct BusyStateFileTests {
    @Test("A node that cannot write for longer than it waits complains, and goes on when it can")
    func held() async throws {
        try await Chain.with { chain in
            let root = try await chain.issue()
            let own = try StateFile.open(at: chain.store.path, busyTimeout: .milliseconds(50))
            let release = DispatchSemaphore(value: 0)
            try await finally {
                // The chain's own opening stands for the other process.
                async let holder: Void = chain.store.write { _ in release.wait() }
                defer { release.signal() }
                try await Self.awaitHeld(own)
                let node = Node(
                    NodeConfiguration(broker: chain.broker, statePath: own.path),
                    store: own,
                    clock: chain.clock.wall,
                    logger: chain.logger
                )
                try await chain.withAgents { _ in
                    // It serves nothing as long as it cannot write: others could not see that it does.
                    try await chain.running(node.services, ending: .graceful) {
                        try await chain.awaitLog("The outbox could not be written")
                        try await chain.awaitLog("The state file could not be written; trying again")
                        #expect(!node.readiness.isServed)
                        release.signal()
                        try await chain.awaitState(.completed, of: root)
                    }
                }
                try await holder
            } then: {
                try own.close()
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    private static func awaitHeld(_ file: StateFile) async throws {
        try await poll("the file is held") {
            do {
                try await file.write { _ in }
                return false
            } catch let error as StoreError where error.code == .busy {
                return true
            }
        }
    }
}
