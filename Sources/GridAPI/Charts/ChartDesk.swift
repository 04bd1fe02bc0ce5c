//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Synchronization

/// The pictures of the statistics, each drawn once and kept for some seconds.
final class ChartDesk: Sendable {
    /// What there are pictures of.
    enum Chart: String, CaseIterable, Sendable {
        /// What was issued and completed, day by day.
        case flow
        /// How much of what was completed was in time, unit by unit.
        case onTime
        /// How much each has to do.
        case load

        /// How high its picture is, in pixels.
        func height(rows: Int) -> Int { self == .flow ? 300 : 60 + 26 * max(1, rows) }

        /// What gnuplot is told; its data is the table's, the first column a day or a name.
        ///
        /// - Parameter rows: How many rows there are.
        func commands(rows: Int) -> String {
            let bars = """
                set key off; set grid noytics xtics linecolor rgb '#d5d9e0'; set style fill solid; \
                set yrange [\(Double(max(1, rows)) - 0.4):-0.6];
                """
            let plot = """
                plot '/dev/stdin' using ($2/2):0:($2/2):(0.3):yticlabels(1) with boxxyerror linecolor rgb '#0b5cad', \
                '' using 2:0:(sprintf('%g', $2)) with labels left offset 0.6,0
                """
            switch self {
            case .flow:
                return """
                    set xdata time; set timefmt '%Y-%m-%d'; set format x '%m-%d'; set yrange [0:*]; \
                    set autoscale xfix; \
                    set xtics \(86_400 * max(1, rows / 10)); set key outside top right horizontal; \
                    set grid ytics linecolor rgb '#d5d9e0'; \
                    plot '/dev/stdin' using 1:2 with linespoints linecolor rgb '#0b5cad' linewidth 2 pointtype 7 \
                    pointsize 0.4, '' using 1:3 with linespoints linecolor rgb '#17693a' linewidth 2 pointtype 5 \
                    pointsize 0.4
                    """
            case .onTime: return bars + "set xrange [0:108]; set xtics 0,20,100;" + plot
            case .load: return bars + "set xrange [0:*]; set rmargin 6; unset xtics; set border 2;" + plot
            }
        }
    }

    /// What a picture shows.
    struct Key: Hashable, Sendable {
        let chart: Chart
        let language: String
        let days: Int
        /// Whose posts; nil for all of the organization.
        let posts: [PostAddress]?
    }

    /// How long a picture is shown again, in milliseconds.
    static let lifetime: Int64 = 10_000
    private static let mostKept = 100

    private struct Kept {
        let picture: [UInt8]
        let at: Instant
    }

    private let lane = ToolLanes(count: 1, waiting: 20)
    private let kept = Mutex<[Key: Kept]>([:])

    /// The picture of a table: one that was drawn a moment ago, or a new one.
    ///
    /// - Parameter rows: Reads the table, its first row the names of its columns.
    func picture(
        _ key: Key,
        at now: Instant,
        _ rows: () async throws -> [[String]]
    ) async throws -> [UInt8] {
        if let known = kept.withLock({ $0[key] }), now.milliseconds - known.at.milliseconds < Self.lifetime {
            return known.picture
        }
        let rows = try await rows()
        let (chart, count) = (key.chart, rows.count - 1)
        let picture = try await lane.run {
            try await Gnuplot.svg(chart.commands(rows: count), height: chart.height(rows: count), rows)
        }
        kept.withLock { kept in
            kept = kept.filter { now.milliseconds - $0.value.at.milliseconds < Self.lifetime }
            if kept.count < Self.mostKept { kept[key] = Kept(picture: picture, at: now) }
        }
        return picture
    }
}
