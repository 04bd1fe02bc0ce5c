//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import CoreMetrics
import GridModel
import GridStore
import Logging
import Testing

@testable import GridRuntime

@Suite("A process's part in the workers of its mailboxes")
struct SubscriptionKeeperTests {
    private static let own = "1:1:0"
    private static let other = "2:2:0"

    /// The processes in a state file, and this one's part in four workers of each mailbox.
    private struct Stage {
        let store: StateFile
        let keeper: SubscriptionKeeper
        let clock = TestClock()

        init(_ store: StateFile) throws {
            self.store = store
            let organization = try OrganizationFile.organization(from: Street.small.file())
            keeper = SubscriptionKeeper(
                store: store,
                name: own,
                organization: organization,
                mailboxes: MailboxSelection().mailboxes(in: organization),
                scaleVersion: Threshold(),
                gauge: WorkerGauge(),
                gate: AcknowledgementGate(),
                metrics: NodeMetrics(factory: NOOPMetricsHandler.instance),
                clock: clock.wall,
                logger: Logger(label: "test"),
                silent: { _ in [] },
                acknowledge: { _ in }
            )
        }

        func register(_ name: String, selection: String = #"{"areas":[],"except":[],"roles":[]}"#) async throws {
            let process = WorkerProcess(name: name, duties: "node", selection: selection, startedAt: clock.now)
            try await store.write { try $0.registerProcess(process) }
        }

        func note(_ name: String, isServing: Bool) async throws {
            let now = clock.now
            let isKnown = try await store.write {
                try $0.noteProcess(name, applied: 0, isServing: isServing, report: "", at: now)
            }
            #expect(isKnown)
        }

        /// How many workers it has in all mailboxes together; four in each are wanted.
        func workers() async throws -> Int {
            try await keeper.situation().plan.shares.values.reduce(0) { $0 + $1.workers }
        }
    }

    private static func with(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            try await finally {
                let stage = try Stage(store)
                for name in [own, other] {
                    try await stage.register(name)
                    try await stage.note(name, isServing: true)
                }
                let rule = ScaleRule(MailboxScope(), .workers(4, prefetch: nil), setAt: stage.clock.now)
                _ = try await store.write { try $0.setScale(rule) }
                try await body(stage)
            } then: {
                try store.close()
            }
        }
    }

    @Test("Half of it while another serves, all of it while the other has no connection, half again afterwards")
    func disconnected() async throws {
        try await Self.with { stage in
            let all = stage.keeper.mailboxes.count * 4
            #expect(try await stage.workers() == all / 2)
            try await stage.note(Self.other, isServing: false)
            #expect(try await stage.workers() == all)
            try await stage.note(Self.other, isServing: true)
            #expect(try await stage.workers() == all / 2)
        }
    }

    @Test("All of it when the other is drained, or was not seen for fifteen seconds")
    func gone() async throws {
        try await Self.with { stage in
            let all = stage.keeper.mailboxes.count * 4
            _ = try await stage.store.write { try $0.setDraining(true, of: Self.other) }
            #expect(try await stage.workers() == all)
            _ = try await stage.store.write { try $0.setDraining(false, of: Self.other) }
            // The test's clock goes on by itself, too.
            stage.clock.advance(milliseconds: WorkerProcess.patience / 2)
            try await stage.note(Self.own, isServing: true)
            #expect(try await stage.workers() == all / 2)
            stage.clock.advance(milliseconds: WorkerProcess.patience / 2 + 1)
            #expect(try await stage.workers() == all)
        }
    }

    @Test("What another version wrote of itself in its own way stops nobody")
    func unreadable() async throws {
        try await Self.with { stage in
            try await stage.register("3:3:0", selection: #"{"kind":"new"}"#)
            try await stage.note("3:3:0", isServing: true)
            #expect(try await stage.workers() == stage.keeper.mailboxes.count * 2)
            let nobody = AMQPConfiguration(addresses: [AMQPAddress(host: "127.0.0.1", port: 1)])
            let desk = WorkerDesk(store: stage.store, clock: stage.clock.wall, logger: Logger(label: "test"))
            let processes = try await desk.overview(of: [], broker: nobody).processes
            #expect(processes.map { $0.selection == nil } == [false, false, true])
        }
    }
}
