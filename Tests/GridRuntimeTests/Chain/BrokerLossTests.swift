//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A broker that goes away", .needsBroker, .timeLimit(.minutes(10)))
struct BrokerLossTests {
    @Test("While the broker is dead commands succeed, and when it is back the order completes without a restart")
    func killedAndStarted() async throws {
        try await Chain.withOwnBroker { chain in
            let roots = try await chain.withAgents(delay: 0.05...0.3) { _ in
                try await chain.withNode {
                    let first = try await Self.issueAndWaitForTheMiddle(in: chain)
                    try await chain.server.script("kill")
                    let second = try await Self.workOffline(in: chain)
                    try await chain.server.script("start")
                    for root in [first, second] { try await chain.awaitState(.completed, of: root) }
                    return [first, second]
                }
            }
            for root in roots { try await chain.expectEachOnce(root) }
            try await chain.expectNothingLeft()
        }
    }

    @Test("While the broker hangs commands succeed, and when it goes on the order completes without a restart")
    func pausedAndContinued() async throws {
        try await Chain.withOwnBroker { chain in
            let roots = try await chain.withAgents(delay: 0.05...0.3) { _ in
                try await chain.withNode {
                    let first = try await Self.issueAndWaitForTheMiddle(in: chain)
                    try await chain.server.script("pause")
                    let second = try await Self.workOffline(in: chain)
                    try await chain.server.script("continue")
                    for root in [first, second] { try await chain.awaitState(.completed, of: root) }
                    return [first, second]
                }
            }
            for root in roots { try await chain.expectEachOnce(root) }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A second signal ends a node at once that waits for its broker, and the next one carries on")
    func secondSignal() async throws {
        // With such a heartbeat nothing but the signals ends the wait in time.
        try await Chain.withOwnBroker(heartbeat: .seconds(60)) { chain in
            let root = try await chain.issue()
            let node = try await chain.startProcess()
            try await chain.awaitFanOut(of: root)
            try await chain.server.script("pause")
            try await chain.completeLeaves(under: root)
            var signals = 0
            try await poll("the node ends at once", within: .seconds(3)) {
                guard node.isRunning else { return true }
                node.signal(SIGTERM)
                signals += 1
                return false
            }
            #expect(signals > 1)
            #expect(try await node.end() == 128 + SIGTERM)
            try await chain.server.script("continue")
            try await chain.withNode {
                try await chain.awaitState(.completed, of: root)
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    private static func issueAndWaitForTheMiddle(in chain: Chain) async throws -> AssignmentID {
        let root = try await chain.issue()
        try await chain.store.eventually("it is in the middle") { store in
            try store.counts(under: root, now: chain.clock.now).states.completed >= 4
        }
        return root
    }

    /// Issues another order and waits until the node has noticed that the broker is gone.
    private static func workOffline(in chain: Chain) async throws -> AssignmentID {
        let start = ContinuousClock.now
        let root = try await chain.issue()
        #expect(ContinuousClock.now - start < .seconds(2), "a command waited for the broker")
        try await chain.awaitLog("The broker cannot be reached")
        #expect(try await chain.store.read { try $0.outboxStatus().count } >= 4)
        #expect(try await chain.assignment(root)?.state == .accepted)
        return root
    }
}
