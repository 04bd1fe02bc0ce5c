//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridRuntime
import GridStore

/// Draws a node as lines of a terminal: what is wrong at the top, a table below, the keys at the bottom.
package struct TopScreen: Sendable {
    /// How large a terminal is.
    package struct Size: Hashable, Sendable {
        /// Columns.
        package var width: Int
        /// Lines.
        package var height: Int

        /// Creates a size; at least one character.
        package init(width: Int, height: Int) {
            self.width = max(1, width)
            self.height = max(1, height)
        }
    }

    private struct Column {
        var title: String
        var width: Int
        var isNumber = true
    }

    /// How times are written.
    private let time: @Sendable (Instant) -> String

    /// Creates a screen.
    ///
    /// - Parameter time: Writes a time as people in the office read it.
    package init(time: @escaping @Sendable (Instant) -> String) {
        self.time = time
    }

    /// Draws a snapshot as lines, as many as the terminal has.
    ///
    /// - Parameter view: What was chosen; told how much fits, so that it can be scrolled.
    package func lines(_ snapshot: TopSnapshot, _ view: inout TopView, _ size: Size) -> [TerminalLine] {
        let head = head(snapshot, view)
        let foot = foot(view)
        guard !view.showsHelp else { return Self.filled(head + Self.help, size.height, foot) }
        let (heading, rows) = table(snapshot, view, size.width)
        // The heading of the table and the foot take a line each.
        let page = max(1, size.height - head.count - 2)
        view.settle(count: rows.count, page: page)
        let shown = rows.dropFirst(view.offset).prefix(page)
        let body = head + [heading] + (rows.isEmpty ? [TerminalLine(Self.nothing(view), .dim)] : Array(shown))
        return Self.filled(body, size.height, foot)
    }

    /// As many lines as the terminal has, the foot being the last.
    private static func filled(_ lines: [TerminalLine], _ height: Int, _ foot: TerminalLine) -> [TerminalLine] {
        let empty = [TerminalLine](repeating: TerminalLine(), count: max(0, height - 1 - lines.count))
        return Array(lines.prefix(height - 1)) + empty + [foot]
    }

    /// Draws all of a snapshot, for whoever has no terminal.
    package func text(_ snapshot: TopSnapshot) -> [String] {
        let view = TopView()
        var lines = head(snapshot, view).map(\.text)
        for panel in TopView.Panel.allCases {
            var view = view
            if panel != .mailboxes { _ = view.take(.character(panel == .processes ? "2" : "3")) }
            let (heading, rows) = table(snapshot, view, 160)
            if rows.isEmpty { continue }
            lines += ["", heading.text] + rows.map(\.text)
        }
        return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    }

    // MARK: The head

    private func head(_ snapshot: TopSnapshot, _ view: TopView) -> [TerminalLine] {
        var lines = [broker(snapshot, view), lights(snapshot), queues(snapshot), processes(snapshot), TerminalLine()]
        if let problem = snapshot.broker.problem { lines.insert(TerminalLine("  " + problem, .red), at: 1) }
        return lines + [tabs(snapshot, view)]
    }

    private func broker(_ snapshot: TopSnapshot, _ view: TopView) -> TerminalLine {
        var line = TerminalLine("gridwork top  " + time(snapshot.at), .bold)
        if view.isHeld { line.add("  HELD", .yellow) }
        line.add("  " + snapshot.broker.address + " ")
        if snapshot.broker.problem != nil {
            line.add("does not answer", .red)
        } else if let asked = snapshot.broker.askedAt {
            let seconds = max(0, (snapshot.at.milliseconds - asked.milliseconds) / 1_000)
            line.add("answers", .green)
            line.add(", asked \(seconds) s ago")
        } else {
            line.add("not asked yet", .dim)
        }
        return line
    }

    private func lights(_ snapshot: TopSnapshot) -> TerminalLine {
        func sum(_ count: (LightCounts) -> Int) -> Int { snapshot.lights.reduce(0) { $0 + count($1) } }
        let counts = [sum(\.green), sum(\.yellow), sum(\.red), sum(\.none)]
        var line = TerminalLine("Open \(counts.reduce(0, +))")
        line.add("   green \(counts[0])", counts[0] > 0 ? .green : .plain)
        line.add("   yellow \(counts[1])", counts[1] > 0 ? .yellow : .plain)
        line.add("   red \(counts[2])", counts[2] > 0 ? .red : .plain)
        line.add("   no deadline \(counts[3])   escalations to answer \(snapshot.escalations)")
        return line
    }

    private func queues(_ snapshot: TopSnapshot) -> TerminalLine {
        let outbox = snapshot.outbox
        var line = TerminalLine("Outbox \(outbox.waiting) waiting, \(outbox.sending) being sent")
        if let seconds = outbox.oldestSeconds {
            line.add(", the oldest \(Self.duration(seconds))", seconds >= 60 ? .red : .plain)
        }
        line.add("   parked \(snapshot.parked)   ")
        line.add("timers due \(snapshot.timersDue)", snapshot.timersDue > 0 ? .yellow : .plain)
        for (name, count) in [("dead letters", snapshot.broker.dead), ("unrouted", snapshot.broker.unrouted)] {
            line.add("   \(name) \(count.map(String.init) ?? "?")", count ?? 0 > 0 ? .red : .plain)
        }
        return line
    }

    private func processes(_ snapshot: TopSnapshot) -> TerminalLine {
        let alive = snapshot.processes.filter { $0.state != .silent }
        var line = TerminalLine("Processes ")
        line.add("\(alive.count)", alive.isEmpty ? .red : .plain)
        let (rate, held) = (alive.reduce(0) { $0 + $1.perMinute }, alive.reduce(0) { $0 + $1.held })
        let backlog = snapshot.mailboxes.reduce(0) { $0 + ($1.backlog ?? 0) }
        let waiting = snapshot.broker.askedAt == nil || snapshot.broker.problem != nil ? "?" : "\(backlog)"
        line.add("   \(Self.rate(rate)) messages a minute   \(held) held   \(waiting) waiting at the broker")
        return line
    }

    private func tabs(_ snapshot: TopSnapshot, _ view: TopView) -> TerminalLine {
        let counts: [(TopView.Panel, Int, Int)] = [
            (.mailboxes, view.mailboxes(of: snapshot).count, snapshot.mailboxes.count),
            (.processes, view.processes(of: snapshot).count, snapshot.processes.count),
            (.roles, view.roles(of: snapshot).count, snapshot.lights.count),
        ]
        var line = TerminalLine()
        for (place, (panel, shown, all)) in counts.enumerated() {
            let count = shown == all ? "\(all)" : "\(shown) of \(all)"
            line.add(" \(place + 1) \(panel.rawValue) \(count) ", panel == view.panel ? .inverse : .plain)
        }
        if view.panel == .mailboxes {
            line.add("  sorted by \(view.sort.rawValue)\(view.isReversed ? ", turned round" : "")", .dim)
        }
        if !view.filter.isEmpty { line.add("  with “\(view.filter)”", .yellow) }
        return line
    }

    // MARK: The table

    private func table(
        _ snapshot: TopSnapshot,
        _ view: TopView,
        _ width: Int
    ) -> (heading: TerminalLine, rows: [TerminalLine]) {
        switch view.panel {
        case .mailboxes:
            let shown = view.mailboxes(of: snapshot)
            let name = Column(
                title: "MAILBOX",
                width: max(7, shown.map(\.mailbox.displayWidth).max() ?? 0),
                isNumber: false
            )
            let columns =
                [name]
                + [("WORKERS", 8), ("BACKLOG", 8), ("HELD", 6), ("OLDEST", 8), ("PER MINUTE", 10), ("BUSY", 5)]
                .map { Column(title: $0.0, width: $0.1) }
            let why = Column(title: "WHY", width: 200, isNumber: false)
            return (heading(columns + [why], width), shown.map { row($0, columns + [why]) })
        case .processes:
            let shown = view.processes(of: snapshot)
            let columns = [
                Column(title: "PROCESS", width: max(7, shown.map(\.name.displayWidth).max() ?? 0), isNumber: false),
                Column(title: "AS", width: 7, isNumber: false), Column(title: "STATE", width: 9, isNumber: false),
                Column(title: "SINCE", width: 19, isNumber: false), Column(title: "MAILBOXES", width: 9),
                Column(title: "HELD", width: 6), Column(title: "PER MINUTE", width: 10),
                Column(title: "BUSY", width: 5),
            ]
            return (heading(columns, width), shown.map { row($0, columns) })
        case .roles:
            let columns =
                [Column(title: "ROLE", width: 24, isNumber: false)]
                + ["OPEN", "GREEN", "YELLOW", "RED", "NO DEADLINE", "ESCALATED"].map { Column(title: $0, width: 11) }
            return (heading(columns, width), view.roles(of: snapshot).map { row($0, columns) })
        }
    }

    private func heading(_ columns: [Column], _ width: Int) -> TerminalLine {
        TerminalLine(Self.cells(columns, columns.map(\.title)), .inverse)
    }

    private func row(_ line: WorkerOverview.MailboxLine, _ columns: [Column]) -> TerminalLine {
        let state = line.pausedAt != nil ? "paused" : line.workers.map(String.init) ?? "1 each"
        let cells = [
            line.mailbox, state, line.backlog.map(String.init) ?? "?", "\(line.held)",
            line.oldestSeconds.map(Self.duration) ?? "", Self.rate(line.perMinute), Self.share(line.busy),
            line.policy.map { "\($0.mode.rawValue): \(line.why ?? "not followed yet")" } ?? "",
        ]
        // Nobody takes what waits there.
        let isDeaf = line.consumers == 0 && line.pausedAt == nil && line.workers != 0
        let style: TerminalLine.Style = isDeaf ? .red : line.pausedAt != nil ? .yellow : .plain
        return TerminalLine(Self.cells(columns, cells), style)
    }

    private func row(_ process: WorkerOverview.Process, _ columns: [Column]) -> TerminalLine {
        let cells = [
            process.name, process.duties, process.state.rawValue, time(process.startedAt), "\(process.serving)",
            "\(process.held)", Self.rate(process.perMinute), Self.share(process.busy),
        ]
        let style: TerminalLine.Style =
            switch process.state {
            case .serving: .plain
            case .waiting, .draining, .drained: .yellow
            case .silent: .red
            }
        return TerminalLine(Self.cells(columns, cells), style)
    }

    private func row(_ lights: LightCounts, _ columns: [Column]) -> TerminalLine {
        let open = lights.green + lights.yellow + lights.red + lights.none
        let cells = [
            lights.role, "\(open)", "\(lights.green)", "\(lights.yellow)", "\(lights.red)", "\(lights.none)",
            "\(lights.escalated)",
        ]
        let style: TerminalLine.Style = lights.red > 0 ? .red : lights.yellow > 0 ? .yellow : .plain
        return TerminalLine(Self.cells(columns, cells), style)
    }

    private static func cells(_ columns: [Column], _ texts: [String]) -> String {
        zip(columns, texts).map { $1.fitted(to: $0.width, isNumber: $0.isNumber) }.joined(separator: "  ")
    }

    // MARK: The foot

    private func foot(_ view: TopView) -> TerminalLine {
        if let draft = view.draft { return TerminalLine("Filter: \(draft)_   Enter takes it, Esc leaves it", .inverse) }
        if view.showsHelp { return TerminalLine("Any key goes back", .inverse) }
        return TerminalLine("q quit  ? keys  / filter  s sort  r turn round  a all  1 2 3 tables  space hold", .inverse)
    }

    private static func nothing(_ view: TopView) -> String {
        if !view.filter.isEmpty { return "Nothing contains that; Esc shows everything." }
        return view.panel == .mailboxes && !view.showsAll
            ? "No mailbox has anything to tell; a shows them all." : "None."
    }

    private static let help = [
        "q, Ctrl-C     leave", "1 2 3, Tab    mailboxes, processes, roles",
        "s, S          sort mailboxes by backlog, rate, age, held, workers, busy, name, and back",
        "r             turn the order round", "a             all mailboxes, or those with something to tell",
        "/             filter: words that a line has to contain; Esc shows everything",
        "arrows, j k, PgUp PgDn, Home End, g G", "              move in the table",
        "space         hold the picture, and go on",
    ].map { TerminalLine($0) }

    // MARK: Texts

    static func rate(_ value: Double) -> String { "\(Int(min(max(0, value), 1e9).rounded()))" }

    static func share(_ value: Double) -> String { "\(Int((min(max(0, value), 1) * 100).rounded())) %" }

    /// A length of time in the two largest units that it has.
    static func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60)m\(seconds % 60)s"
        case ..<86_400: "\(seconds / 3_600)h\(seconds / 60 % 60)m"
        default: "\(seconds / 86_400)d\(seconds / 3_600 % 24)h"
        }
    }
}
