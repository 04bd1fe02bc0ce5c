//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import NIOCore

/// How the work stands: tables, and a picture of each.
struct StatisticsPage {
    /// How many days back somebody may look.
    static let spans = [7, 30, 90]
    /// How many units, and posts, are listed on the page.
    private static let longest = 20

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let spans: [Span]
        let parts: [Part]
    }

    private struct Span: Sendable {
        let spanLink: String
        let spanText: String
        let isCurrent: Bool
    }

    private struct Part: Sendable {
        let partHeading: String
        let picture: String?
        /// Whether there are rows, and nothing of them to draw.
        let isPictureEmpty: Bool
        let pictureHeight: Int
        let pictureText: String
        let table: TableView
    }

    private var days: Int {
        visit.query("days").flatMap { Int($0) }.flatMap { Self.spans.contains($0) ? $0 : nil } ?? 30
    }

    func response() async throws -> Response {
        let (texts, time, days, visit) = (visit.texts, visit.time, days, visit)
        let page = ConsolePage(visit: visit, caller: caller, section: .statistics)
        return try await page.response("statistics", title: \.heading) { store -> Content in
            let parts = try ChartDesk.Chart.allCases.map { chart -> Part in
                let found = try table(chart, in: store)
                let drawn = figures(found, chart).count - 1
                return Part(
                    partHeading: found.caption,
                    picture: drawn == 0 ? nil : "\(ConsoleAddress.charts)/\(chart.rawValue)?days=\(days)",
                    isPictureEmpty: drawn == 0 && !found.rows.isEmpty,
                    pictureHeight: chart.height(rows: drawn),
                    pictureText: texts("pictureText", ["table": found.caption]),
                    table: TableView(found, time, on: visit)
                )
            }
            return Content(
                heading: texts("menu", of: ConsoleSection.statistics.rawValue),
                spans: Self.spans.map { span in
                    Span(
                        spanLink: "\(ConsoleAddress.statistics)?days=\(span)",
                        spanText: texts("lastDays", ["count": "\(span)"]),
                        isCurrent: span == days
                    )
                },
                parts: parts
            )
        }
    }

    /// The picture of a table.
    func picture(_ chart: ChartDesk.Chart) async throws -> Response {
        let time = visit.time
        let key = ChartDesk.Key(
            chart: chart,
            language: visit.language.rawValue,
            days: days,
            posts: caller.access.posts
        )
        let picture = try await visit.services.charts.picture(key, at: time.now) {
            let found = try await visit.services.store.read { try table(chart, in: $0) }
            let figures = figures(found, chart)
            guard figures.count > 1 else { throw Problem.notFound("there is nothing to draw yet") }
            return figures
        }
        return Response(
            status: .ok,
            headers: [.contentType: "image/svg+xml", .cacheControl: "private, max-age=10"],
            body: .init(byteBuffer: ByteBuffer(bytes: picture))
        )
    }

    /// A table as gnuplot gets it: a day or a name first, then the figures that are drawn.
    private func figures(_ table: DataTable, _ chart: ChartDesk.Chart) -> [[String]] {
        let drawn = chart == .flow ? [1, 2] : [table.columns.count - 1]
        let names = [table.columns[0].title] + drawn.map { table.columns[$0].title }
        return [names]
            + table.rows.compactMap { row in
                let values = drawn.compactMap { Self.figure(row[$0].value) }
                // Of whom nothing can be said yet, nothing is drawn.
                return values.count == drawn.count ? [TableView.text(row[0].value, visit.time)] + values : nil
            }
    }

    private static func figure(_ value: DataTable.Value) -> String? {
        switch value {
        case .number(let number): "\(number)"
        case .share(let share): "\((share * 1_000).rounded() / 10)"
        case .text, .time, .empty: nil
        }
    }

    /// A table of the statistics.
    ///
    /// - Parameter isFile: Whether it is for a file, which has all rows, instead of the page, which has the first.
    func table(_ chart: ChartDesk.Chart, isFile: Bool = false, in store: StoreReader) throws -> DataTable {
        switch chart {
        case .flow: try flow(in: store)
        case .onTime: try onTime(in: store).cut(to: isFile ? Export.longest : Self.longest)
        case .load: try load(isFile: isFile, in: store).cut(to: isFile ? Export.longest : Self.longest)
        }
    }

    private func flow(in store: StoreReader) throws -> DataTable {
        let texts = visit.texts
        let (now, zone) = (visit.time.now, visit.time.zone)
        let last = zone.day(of: now).daysSinceEpoch
        let counts = try store.dailyCounts(
            of: caller.access.posts,
            days: last - Int64(days) + 1..<last + 1,
            // Where clocks are set forward for the summer, days on the other side of that begin an hour off.
            offsetMinutes: zone.offsetMinutes(at: now)
        )
        return DataTable(
            name: ChartDesk.Chart.flow.rawValue,
            caption: texts("tableFlow"),
            columns: [
                .init(title: texts("columnDay")), .init(title: texts("columnIssuedCount"), isFigure: true),
                .init(title: texts("columnDone"), isFigure: true),
            ],
            // The newest first, as people look for it.
            rows: counts.reversed().map { count in
                let day = CalendarDay(of: Instant(milliseconds: count.day * 86_400_000), offsetMinutes: 0)
                return [.text("\(day)"), .number(count.issued), .number(count.completed)]
            }
        )
    }

    /// Of what was issued in the span, by the units below hers.
    private func onTime(in store: StoreReader) throws -> DataTable {
        let (texts, access, now) = (visit.texts, caller.access, visit.time.now)
        let organization = access.organization
        let from = now.adding(milliseconds: -Int64(days) * 86_400_000)
        let statistics = try store.statistics(of: access.posts, issuedIn: from..<now.adding(milliseconds: 1), now: now)
        let highest = access.held.compactMap { organization.unit(of: $0)?.levelIndex }.min() ?? 0
        let level = organization.levels[min(highest + 1, organization.levels.count - 1)]
        let groups = Dictionary(grouping: statistics) { $0.post.code.prefix(level.codeLength) }
        let units = groups.compactMap { code, statistics in
            code.flatMap { organization.unit($0) }.map { ($0, statistics) }
        }
        .sorted { $0.0.code < $1.0.code }
        return DataTable(
            name: ChartDesk.Chart.onTime.rawValue,
            caption: texts("tableOnTime", ["level": level.title]),
            columns: [
                .init(title: texts("columnUnit")), .init(title: texts("columnTotal"), isFigure: true),
                .init(title: texts("columnDone"), isFigure: true), .init(title: texts("columnOverdue"), isFigure: true),
                .init(title: texts("columnOnTime"), isFigure: true),
                .init(title: texts("columnOnTimeRate"), isFigure: true),
            ],
            rows: units.map { unit, statistics in
                let completed = statistics.reduce(0) { $0 + $1.counts.states.completed }
                let onTime = statistics.reduce(0) { $0 + $1.completedOnTime }
                let overdue = statistics.reduce(0) { $0 + $1.counts.overdue }
                return [
                    .text(unit.name), .number(statistics.reduce(0) { $0 + $1.counts.total }), .number(completed),
                    .number(overdue, kind: overdue > 0 ? "late" : nil), .number(onTime),
                    .init(value: completed == 0 ? .empty : .share(Double(onTime) / Double(completed))),
                ]
            }
        )
    }

    /// What is open now, whenever it was issued, by who holds it.
    private func load(isFile: Bool, in store: StoreReader) throws -> DataTable {
        let (texts, access, now) = (visit.texts, caller.access, visit.time.now)
        let all = Instant(milliseconds: 0)..<now.adding(milliseconds: 1)
        let loads = try store.statistics(of: access.posts, issuedIn: all, now: now)
            .filter { $0.counts.states.working > 0 }
            .sorted { ($1.counts.states.working, $0.post) < ($0.counts.states.working, $1.post) }
        return DataTable(
            name: ChartDesk.Chart.load.rawValue,
            caption: texts("tableLoad"),
            columns: texts.postColumns(isFile: isFile) + [
                .init(title: texts("columnOverdue"), isFigure: true),
                .init(title: texts("columnOpen"), isFigure: true),
            ],
            rows: loads.prefix(Export.longest).map { load in
                let overdue = load.counts.overdue
                return texts.postCells(load.post, for: access, isFile: isFile) + [
                    .number(overdue, kind: overdue > 0 ? "late" : nil), .number(load.counts.states.working),
                ]
            }
        )
    }
}
