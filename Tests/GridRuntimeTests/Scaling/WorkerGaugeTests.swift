//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("What a process counts of its mailboxes")
struct WorkerGaugeTests {
    private static func plan(_ workers: Int? = nil, paused: Bool = false) throws -> SubscriptionPlan {
        let organization = try OrganizationFile.organization(from: Street.small.file())
        let mailboxes = MailboxSelection(roles: ["liaison"]).mailboxes(in: organization)
        var rules = [ScaleRule(MailboxScope(), .workers(workers, prefetch: nil), setAt: Instant(milliseconds: 1))]
        if paused { rules.append(ScaleRule(MailboxScope(), .pause, setAt: Instant(milliseconds: 1))) }
        return SubscriptionPlan(of: mailboxes, rules: ScaleRules(rules), name: "1:1:0", breadth: 4, peers: [])
    }

    private static let name = "cell.\(Street.code)001001.liaison"

    @Test("A version is carried out when what was held of a mailbox that is given up is handled")
    func settles() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        #expect(gauge.progress.applied == 1)
        gauge.arrived([Self.name: .init(count: 3)])
        gauge.follow(try Self.plan(paused: true), version: 2)
        #expect(gauge.subscription(to: Self.name) == nil)
        #expect(gauge.progress.applied == 1)
        gauge.handled([Self.name: .init(count: 2)], in: .zero)
        #expect(gauge.progress.applied == 1)
        gauge.handled([Self.name: .init(count: 1)], in: .zero)
        #expect(gauge.progress.applied == 2)
    }

    @Test("Nothing is released while something of what was given up is held, and all of it without subscriptions")
    func releases() throws {
        let gauge = WorkerGauge()
        #expect(gauge.progress == .init(applied: 0, released: WorkerProcess.nothingHeld, isServing: false))
        gauge.begin()
        #expect(gauge.progress == .init(applied: 0, released: 0, isServing: false))
        gauge.follow(try Self.plan(), version: 3)
        #expect(gauge.progress == .init(applied: 3, released: 3, isServing: true))
        gauge.arrived([Self.name: .init(count: 1)])
        gauge.follow(try Self.plan(paused: true), version: 4)
        #expect(gauge.progress.released == 3)
        gauge.handled([Self.name: .init(count: 1)], in: .zero)
        #expect(gauge.progress == .init(applied: 4, released: 4, isServing: true))
        gauge.forget()
        #expect(gauge.progress == .init(applied: 4, released: WorkerProcess.nothingHeld, isServing: false))
    }

    @Test("Who waits for others has released what is theirs, and not carried out what is wanted")
    func awaits() throws {
        let gauge = WorkerGauge()
        gauge.begin()
        gauge.follow(SubscriptionPlan(), version: 3, isAwaiting: true)
        #expect(gauge.progress == .init(applied: 0, released: 3, isServing: true))
        gauge.follow(SubscriptionPlan(), version: 4, isAwaiting: true)
        #expect(gauge.progress == .init(applied: 0, released: 4, isServing: true))
        gauge.follow(try Self.plan(), version: 4)
        #expect(gauge.progress == .init(applied: 4, released: 4, isServing: true))
    }

    @Test("The subscriptions have ended when they are forgotten, and no sooner")
    func idle() async throws {
        let gauge = WorkerGauge()
        gauge.begin()
        await gauge.waitUntilIdle(atMost: .milliseconds(1))
        #expect(gauge.progress.released == 0)
        async let end: Void = gauge.waitUntilIdle(atMost: .seconds(60))
        gauge.forget()
        await end
        #expect(gauge.progress.released == WorkerProcess.nothingHeld)
    }

    @Test("Another number of workers is carried out at once, whatever is held")
    func resized() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        gauge.arrived([Self.name: .init(count: 3)])
        gauge.follow(try Self.plan(4), version: 2)
        #expect(gauge.progress.applied == 2)
    }

    @Test("A report tells of mailboxes with messages or several workers, and begins anew")
    func report() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        gauge.arrived([Self.name: .init(count: 5)])
        gauge.handled([Self.name: .init(count: 4, lastTime: "2026-11-24T02:00:00Z")], in: .milliseconds(1))
        gauge.measure()
        var report = gauge.report
        #expect(report.serving == 4 && report.held == 1 && report.perMinute > 0)
        #expect(report.mailboxes.map(\.mailbox) == [Self.name])
        #expect(report.mailboxes.first?.oldestSentAt == Instant(rfc3339: "2026-11-24T02:00:00Z"))
        #expect(report.mailboxes.first?.busy ?? 0 > 0)
        gauge.handled([Self.name: .init(count: 1)], in: .milliseconds(1))
        gauge.measure()
        gauge.measure()
        report = gauge.report
        #expect(report.mailboxes == [] && report.perMinute == 0 && report.busy == 0)
    }

    @Test("The oldest that is held is told, and nothing of what was handled before")
    func oldest() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        func oldest() -> Instant? { gauge.report.mailboxes.first?.oldestSentAt }
        gauge.arrived([Self.name: .init(count: 2, firstTime: "2026-11-24T02:00:00Z", lastTime: "2026-11-24T02:00:05Z")])
        #expect(oldest() == Instant(rfc3339: "2026-11-24T02:00:00Z"))
        gauge.handled([Self.name: .init(count: 2, lastTime: "2026-11-24T02:00:05Z")], in: .zero)
        gauge.arrived([Self.name: .init(count: 1, firstTime: "2026-11-25T02:00:00Z")])
        #expect(oldest() == Instant(rfc3339: "2026-11-25T02:00:00Z"))
    }

    @Test("A subscription that is being changed is none, and another one afterwards")
    func changing() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        let first = try #require(gauge.subscription(to: Self.name))
        #expect(gauge.subscription(to: Self.name) == first)
        gauge.beginChange(of: [Self.name])
        #expect(gauge.subscription(to: Self.name) == nil)
        gauge.follow(try Self.plan(4), version: 2)
        #expect(gauge.subscription(to: Self.name) != first && gauge.progress.isServing)
    }

    @Test("A mailbox is full when as much is held as may be")
    func full() throws {
        let gauge = WorkerGauge()
        let plan = try Self.plan(2)
        gauge.follow(plan, version: 1)
        let window = try #require(plan.shares[Self.name]?.window)
        gauge.arrived([Self.name: .init(count: window - 1)])
        #expect(!gauge.isFull([Self.name]))
        gauge.arrived([Self.name: .init(count: 1)])
        #expect(gauge.isFull([Self.name]))
    }

    @Test("Messages that are held and of which none is handled are told by the time since one was")
    func stalled() throws {
        let gauge = WorkerGauge()
        let start = ContinuousClock.now
        gauge.follow(try Self.plan(), version: 1)
        #expect(gauge.stalled(at: start + .seconds(600)) == .zero)
        gauge.arrived([Self.name: .init(count: 3)])
        #expect(gauge.stalled(at: .now + .seconds(120)) >= .seconds(120))
        #expect(gauge.stalled(at: .now + .seconds(120)) < .seconds(125))
        let later = ContinuousClock.now
        gauge.handled([Self.name: .init(count: 1)], in: .zero)
        #expect(gauge.stalled(at: later + .seconds(60)) <= .seconds(60))
        #expect(gauge.report.stalledSeconds == 0)
        gauge.handled([Self.name: .init(count: 2)], in: .zero)
        #expect(gauge.stalled(at: .now + .seconds(600)) == .zero)
        #expect(gauge.report.stalledSeconds == nil)
        gauge.arrived([Self.name: .init(count: 1)])
        gauge.forget()
        #expect(gauge.stalled(at: .now + .seconds(600)) == .zero)
    }

    @Test("With its connection, a process loses what it held")
    func forgets() throws {
        let gauge = WorkerGauge()
        gauge.follow(try Self.plan(), version: 1)
        gauge.arrived([Self.name: .init(count: 5)])
        gauge.forget()
        #expect(gauge.subscription(to: Self.name) == nil)
        #expect(gauge.report.held == 0 && !gauge.progress.isServing)
        gauge.follow(try Self.plan(paused: true), version: 2)
        #expect(gauge.progress.applied == 2)
    }
}
