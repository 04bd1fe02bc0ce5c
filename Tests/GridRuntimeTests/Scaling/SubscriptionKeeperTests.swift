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

@Suite("Which mailboxes a process may be subscribed to")
struct SubscriptionKeeperTests {
    private static let own = "1:1:0"
    private static let other = "2:2:0"

    /// The processes in a state file, and this one, which has four workers of each mailbox that it holds.
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
                organizationVersion: 1,
                mailboxes: MailboxSelection().mailboxes(in: organization),
                breadth: MailboxSelection().mailboxes(in: organization).count,
                scaleVersion: Threshold(),
                gauge: WorkerGauge(),
                gate: AcknowledgementGate(),
                read: Threshold(),
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

        /// - Parameter released: What it has given up; nil when it is all that was ever wanted.
        func note(_ name: String, isServing: Bool = true, released: Int? = nil) async throws {
            let now = clock.now
            let isKnown = try await store.write { store in
                try store.noteProcess(
                    name,
                    applied: 0,
                    released: released ?? WorkerProcess.nothingHeld,
                    isServing: isServing,
                    report: "",
                    at: now
                )
            }
            #expect(isKnown)
        }

        /// What it may be subscribed to, and what it waits for, as names.
        func situation(subscribed: Set<String> = []) async throws -> (served: Set<String>, awaited: Set<String>) {
            let situation = try #require(try await keeper.situation(subscribed: subscribed))
            #expect(situation.plan.shares.values.allSatisfy { $0.workers == 4 })
            return (Set(situation.plan.shares.keys), situation.awaited)
        }

        var all: Set<String> { Set(keeper.mailboxes.map(\.name)) }
    }

    private static func with(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            try await finally {
                let stage = try Stage(store)
                _ = try await store.write { try $0.saveOrganization(try Street.small.file(), at: stage.clock.now) }
                for name in [own, other] {
                    try await stage.register(name)
                    try await stage.note(name)
                }
                let rule = ScaleRule(MailboxScope(), .workers(4, prefetch: nil), setAt: stage.clock.now)
                _ = try await store.write { try $0.setScale(rule) }
                try await body(stage)
            } then: {
                try store.close()
            }
        }
    }

    @Test("Some of the mailboxes while another serves, all while the other has no connection, the same ones afterwards")
    func disconnected() async throws {
        try await Self.with { stage in
            let (some, awaited) = try await stage.situation()
            #expect(!some.isEmpty && some.count < stage.all.count && awaited.isEmpty)
            try await stage.note(Self.other, isServing: false)
            #expect(try await stage.situation() == (stage.all, []))
            try await stage.note(Self.other, isServing: true)
            #expect(try await stage.situation(subscribed: stage.all) == (some, []))
        }
    }

    @Test("What is its own is awaited until the other has released it, though it is drained or has no connection")
    func awaited() async throws {
        try await Self.with { stage in
            let (own, _) = try await stage.situation()
            let version = try await stage.store.read { try $0.scaleVersion() }
            try await stage.note(Self.other, released: version - 1)
            #expect(try await stage.situation() == ([], own))
            // What it is subscribed to stays.
            let one = try #require(own.first)
            #expect(try await stage.situation(subscribed: [one]) == ([one], own.subtracting([one])))
            try await stage.note(Self.other, released: version)
            #expect(try await stage.situation() == (own, []))

            _ = try await stage.store.write { try $0.setDraining(true, of: Self.other) }
            #expect(try await stage.situation(subscribed: own) == (own, stage.all.subtracting(own)))
            try await stage.note(Self.other, isServing: false, released: version)
            #expect(try await stage.situation(subscribed: own) == (own, stage.all.subtracting(own)))
            try await stage.note(Self.other, isServing: false)
            #expect(try await stage.situation(subscribed: own) == (stage.all, []))
        }
    }

    @Test("Nothing is taken before the file says that this one serves, but what nobody else is there for")
    func unknown() async throws {
        try await Self.with { stage in
            try await stage.note(Self.own, isServing: false)
            #expect(try await stage.situation().served == [])
            try await stage.register(Self.other, selection: #"{"areas":[],"except":[],"roles":["liaison"]}"#)
            let liaisons = Set(stage.keeper.mailboxes.filter { $0.role == "liaison" }.map(\.name))
            #expect(try await stage.situation() == (stage.all.subtracting(liaisons), []))
            _ = try await stage.store.write { try $0.removeProcess(Self.other) }
            #expect(try await stage.situation() == (stage.all, []))
        }
    }

    @Test("All of it when the other is drained, or was not seen for fifteen seconds")
    func gone() async throws {
        try await Self.with { stage in
            _ = try await stage.store.write { try $0.setDraining(true, of: Self.other) }
            #expect(try await stage.situation().served == stage.all)
            _ = try await stage.store.write { try $0.setDraining(false, of: Self.other) }
            // The test's clock goes on by itself, too.
            stage.clock.advance(milliseconds: WorkerProcess.patience / 2)
            try await stage.note(Self.own)
            #expect(try await stage.situation().served.count < stage.all.count)
            stage.clock.advance(milliseconds: WorkerProcess.patience / 2 + 1)
            #expect(try await stage.situation().served == stage.all)
            // Who was taken for dead and tells again is news to all.
            let version = try await stage.store.read { try $0.scaleVersion() }
            for _ in 1...2 { try await stage.note(Self.other) }
            #expect(try await stage.store.read { try $0.scaleVersion() } == version + 1)
        }
    }

    @Test("It begins when the file knows it, and others have to wait for it from then on")
    func begins() async throws {
        try await Self.with { stage in
            let start = try #require(try await stage.keeper.begin())
            #expect(!start.plan.shares.isEmpty)
            let processes = try await stage.store.read { try $0.workerProcesses() }
            #expect(processes.map(\.released) == [0, WorkerProcess.nothingHeld])
            _ = try await stage.store.write { try $0.removeProcess(Self.own) }
            async let begun = stage.keeper.begin()
            try await stage.register(Self.own)
            #expect(try await begun?.plan.shares.isEmpty == true)
        }
    }

    @Test("Once there is another organization, nothing is followed")
    func anotherOrganization() async throws {
        try await Self.with { stage in
            _ = try await stage.store.write { try $0.saveOrganization(try Street.small.file(), at: stage.clock.now) }
            #expect(try await stage.keeper.situation() == nil)
            #expect(try await stage.keeper.begin() == nil)
        }
    }

    @Test("What another version wrote of itself in its own way stops nobody")
    func unreadable() async throws {
        try await Self.with { stage in
            let before = try await stage.situation()
            try await stage.register("3:3:0", selection: #"{"kind":"new"}"#)
            try await stage.note("3:3:0")
            #expect(try await stage.situation() == before)
            let nobody = AMQPConfiguration(addresses: [AMQPAddress(host: "127.0.0.1", port: 1)])
            let desk = WorkerDesk(store: stage.store, clock: stage.clock.wall, logger: Logger(label: "test"))
            let processes = try await desk.overview(of: [], broker: nobody).processes
            #expect(processes.map { $0.selection == nil } == [false, false, true])
        }
    }
}
