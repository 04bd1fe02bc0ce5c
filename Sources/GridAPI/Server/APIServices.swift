//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
import GridRuntime
import GridStore
import Logging

/// What the routes work with.
struct APIServices: Sendable {
    let store: StateFile
    let clock: WallClock
    let configuration: APIConfiguration
    /// What an operator sees of the broker; nil where there is none to ask.
    let operations: (any OperationsDesk)?
    /// Whether this process does what it is there for.
    let health: Health
    /// The figures of this process; nil where nobody counts.
    let metrics: MetricsPage?
    /// Counts what is asked.
    let requests: RequestMetrics
    let organizations = OrganizationCache()
    let desk: LocalDesk
    let callers: CallerDesk
    let signIn: SignInDesk
    let cookie: SessionCookie
    let intake: FileIntake
    let streams = StreamCount()
    let charts = ChartDesk()
    /// Where tables are made files.
    let exports = WorkLanes(label: "GridAPI.exports", count: 1, depth: 20)
    /// What one address may ask where nobody is recognised.
    let addresses: RateLimiter
    /// What one address may ask for all who show a session or a token together.
    let crowds: RateLimiter
    /// What one caller may ask.
    let callerRate: RateLimiter
    /// How often one address may try to sign in.
    let signInRate: RateLimiter

    init(
        store: StateFile,
        configuration: APIConfiguration,
        operations: (any OperationsDesk)?,
        health: Health,
        metrics: MetricsPage?,
        tracer: Tracer?,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.operations = operations
        self.health = health
        self.metrics = metrics
        if let metrics {
            requests = RequestMetrics(factory: metrics.factory)
        } else {
            requests = RequestMetrics(factory: NOOPMetricsHandler.instance)
        }
        self.clock = clock
        self.configuration = configuration
        desk = LocalDesk(store: store, clock: clock, tracer: tracer, logger: logger)
        callers = CallerDesk(organizations: organizations, clock: clock)
        let hasher = PasswordHasher(cost: configuration.passwordCost)
        signIn = SignInDesk(store: store, hasher: hasher, clock: clock)
        cookie = SessionCookie(isSecure: configuration.isSecure)
        intake = FileIntake(folder: store.files)
        let rate = configuration.rate
        // An office shares one address, and so may a street's phones.
        addresses = RateLimiter(perSecond: rate.perSecond * 4, burst: rate.burst * 4)
        crowds = RateLimiter(perSecond: rate.perSecond * 40, burst: rate.burst * 40)
        callerRate = RateLimiter(perSecond: rate.perSecond, burst: rate.burst)
        signInRate = RateLimiter(perSecond: rate.perSecond / 50, burst: rate.burst / 5)
    }
}
