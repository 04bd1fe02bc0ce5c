//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridMetrics
import GridModel
package import GridStore
package import Logging

/// All figures of a process, as Prometheus reads them.
package struct MetricsPage: Sendable {
    private let registry: MetricsRegistry
    private let version: String
    private let health: Health
    private let links: [BrokerLink]
    private let pulse: Pulse?
    private let store: StateFile?
    private let clock: WallClock
    private let logger: Logger

    /// Creates a page.
    ///
    /// - Parameters:
    ///   - registry: What the process counts.
    ///   - version: The program's version.
    ///   - health: Whether it does its work.
    ///   - node: The node it runs, if any.
    ///   - store: The state file, read each time somebody asks; nil where another process of the node tells of it.
    package init(
        registry: MetricsRegistry,
        version: String,
        health: Health,
        node: Node? = nil,
        store: StateFile?,
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.registry = registry
        self.version = version
        self.health = health
        links = node?.links ?? []
        pulse = node?.pulse
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// What counts the requests and messages.
    package var factory: MetricsRegistry { registry }

    /// The text now.
    package func text() async -> String {
        ExpositionFormat.text(
            of: registry.families() + ProcessFigures.families() + processFamilies() + (await stateFamilies())
        )
    }

    // MARK: The process

    private func processFamilies() -> [MetricFamily] {
        func byPurpose(_ description: MetricDescription, _ value: (BrokerLink) -> Double?) -> MetricFamily {
            MetricFamily(
                description,
                by: "purpose",
                links.compactMap { link in value(link).map { (link.purpose.rawValue, $0) } }
            )
        }
        return [
            MetricFamily(.buildInfo, by: "version", [(version, 1)]),
            MetricFamily(.ready, by: "part", health.ready().map { ($0.part.rawValue, $0.problem == nil ? 1 : 0) }),
            MetricFamily(.pulseSeconds, pulse.map { $0.age / .seconds(1) }),
            byPurpose(.connectionUp) { $0.isUp ? 1 : 0 },
            byPurpose(.connectionBlocked) { $0.isBlocked ? 1 : 0 },
            byPurpose(.lastFrameSeconds) { link in link.silence.map { $0 / .seconds(1) } },
        ]
    }

    // MARK: The state file

    private func stateFamilies() async -> [MetricFamily] {
        guard let store else { return [] }
        let now = clock.now
        do {
            let (figures, pushes) = try await store.read { store in
                (try store.figures(at: now), try store.pushFigures(at: now))
            }
            let sizes = try store.sizes()
            return [
                MetricFamily(.stateReadable, 1),
                MetricFamily(.stateBytes, by: "file", [("data", Double(sizes.file)), ("log", Double(sizes.log))]),
                MetricFamily(.stateFreeBytes, Double(sizes.free)),
            ] + families(of: figures, at: now) + families(of: pushes, at: now)
        } catch {
            logger.warning("The state file could not be read for its metrics", error: error)
            return [MetricFamily(.stateReadable, 0)]
        }
    }

    private func families(of pushes: PushFigures, at now: Instant) -> [MetricFamily] {
        [
            MetricFamily(.pushesWaiting, Double(pushes.waiting)), MetricFamily(.pushesGivenUp, Double(pushes.givenUp)),
            MetricFamily(.pushLateSeconds, Self.age(pushes.oldestDue, at: now)),
        ]
    }

    private static func age(_ instant: Instant?, at now: Instant) -> Double {
        instant.map { max(0, Double(now.milliseconds - $0.milliseconds) / 1_000) } ?? 0
    }

    private func families(of figures: StateFigures, at now: Instant) -> [MetricFamily] {
        let open = figures.assignments.map { line in
            MetricFamily.Sample(["role": line.role, "state": line.state], .number(Double(line.count)))
        }
        let overdue = Dictionary(figures.assignments.map { ($0.role, Double($0.overdue)) }, uniquingKeysWith: +)
        return [
            MetricFamily(
                .outboxMessages,
                by: "state",
                [("waiting", Double(figures.outboxWaiting)), ("leased", Double(figures.outboxLeased))]
            ),
            MetricFamily(.outboxSeconds, Self.age(figures.outboxOldest, at: now)),
            MetricFamily(.inboxMessages, Double(figures.inbox)),
            MetricFamily(.parkedMessages, Double(figures.parked)),
            MetricFamily(.timers, Double(figures.timers)),
            MetricFamily(.timersDue, Double(figures.timersDue)),
            MetricFamily(.timerLateSeconds, Self.age(figures.timerDue, at: now)),
            MetricFamily(.assignmentsOpen, open),
            MetricFamily(.assignmentsOverdue, by: "role", overdue.map { ($0.key, $0.value) }),
            MetricFamily(.escalationsOpen, by: "role", figures.escalations.map { ($0.role, Double($0.count)) }),
        ]
    }
}
