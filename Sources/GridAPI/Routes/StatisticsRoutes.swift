//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Hummingbird

/// How the work stands, in counts.
struct StatisticsRoutes {
    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("statistics", show)
    }

    private struct Figures: Encodable {
        let counts: CountsView
        /// Completed before the deadline, or without one.
        let completedOnTime: Int
        /// `completedOnTime` out of all completed; nil when nothing is completed.
        let onTimeRate: Double?

        init(_ statistics: some Sequence<PostStatistics>) {
            var counts = OrderCounts()
            var completedOnTime = 0
            for statistic in statistics {
                for state in AssignmentState.allCases { counts.states[state] += statistic.counts.states[state] }
                counts.overdue += statistic.counts.overdue
                completedOnTime += statistic.completedOnTime
            }
            self.counts = CountsView(counts: counts)
            self.completedOnTime = completedOnTime
            let completed = counts.states.completed
            onTimeRate = completed == 0 ? nil : Double(completedOnTime) / Double(completed)
        }
    }

    private struct View: Encodable {
        struct Part: Encodable {
            let code: UnitCode
            let name: String
            let figures: Figures
        }

        let from: Instant
        let to: Instant
        let total: Figures
        /// The units of the level that was asked for.
        let units: [Part]
    }

    private func show(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["area", "from", "level", "to"])
        let (access, now) = (context.access, services.clock.now)
        let organization = access.organization
        let from = try query.value("from", Self.instant) { Instant(rfc3339: $0) } ?? Instant(milliseconds: 0)
        let to =
            try query.value("to", Self.instant) { Instant(rfc3339: $0) }
            ?? now.adding(milliseconds: 1)
        guard from <= to else { throw Problem.badRequest("from: later than to") }
        let names = organization.levels.map(\.name)
        let level = try query.value("level", "one of " + names.joined(separator: ", ")) { names.firstIndex(of: $0) }
        let area = try query.value("area", "a code of digits") { UnitCode($0) }
        if let area, !access.sees(area) || organization.unit(area) == nil {
            throw Problem.notFound("there is no such unit among yours and those inside them")
        }
        let posts = area.map { organization.units(in: $0).map(\.post) } ?? access.posts
        let statistics = try await services.store.read {
            try $0.statistics(of: posts, issuedIn: from..<to, now: now)
        }
        return .json(
            View(
                from: from,
                to: to,
                total: Figures(statistics),
                units: level.map { parts(of: statistics, at: organization.levels[$0], in: organization, access) } ?? []
            )
        )
    }

    /// The statistics by units of a level; those of posts above it belong to none.
    private func parts(
        of statistics: [PostStatistics],
        at level: Level,
        in organization: Organization,
        _ access: Access
    ) -> [View.Part] {
        let groups = Dictionary(grouping: statistics) { $0.post.code.prefix(level.codeLength) }
        return groups.compactMap { code, statistics in
            guard let code, access.sees(code), let unit = organization.unit(code) else { return nil }
            return View.Part(code: code, name: unit.name, figures: Figures(statistics))
        }
        .sorted { $0.code < $1.code }
    }

    private static let instant = "a time like 2026-12-01T18:00:00+08:00, its + written %2B"
}
