//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Testing

@testable import GridRuntime
@testable import GridTerminal

@Suite("What is shown of a node on a terminal")
struct TopScreenTests {
    private let screen = TopScreen { "\($0)" }
    private let size = TopScreen.Size(width: 100, height: 20)

    private static func mailbox(_ cell: Int, backlog: Int?, rate: Double = 0) -> WorkerOverview.MailboxLine {
        WorkerOverview.MailboxLine(
            mailbox: "cell.31010500201500\(cell).liaison",
            consumers: 1,
            backlog: backlog,
            held: 0,
            perMinute: rate,
            busy: 0.5,
            processes: []
        )
    }

    private static func snapshot() -> TopSnapshot {
        var broker = TopSnapshot.Broker(address: "127.0.0.1:5672")
        (broker.askedAt, broker.dead, broker.unrouted) = (Instant(milliseconds: 8_000), 2, 0)
        var lights = LightCounts(role: "liaison")
        (lights.green, lights.yellow, lights.red, lights.none) = (5, 2, 1, 3)
        var paused = mailbox(4, backlog: 9)
        paused.pausedAt = Instant(milliseconds: 1)
        var deaf = mailbox(5, backlog: 1)
        deaf.consumers = 0
        return TopSnapshot(
            at: Instant(milliseconds: 10_000),
            broker: broker,
            outbox: .init(waiting: 7, sending: 1, oldestSeconds: 3_700),
            escalations: 4,
            lights: [lights, LightCounts(role: "cell-leader")],
            processes: [
                WorkerOverview.Process(
                    name: "4711:1:0",
                    duties: "node",
                    selection: MailboxSelection(),
                    state: .serving,
                    follows: true,
                    startedAt: Instant(milliseconds: 0),
                    seenAt: Instant(milliseconds: 9_000),
                    serving: 5,
                    held: 3,
                    perMinute: 120.4,
                    busy: 0.25
                )
            ],
            mailboxes: [
                mailbox(1, backlog: 3, rate: 60), mailbox(2, backlog: 40), mailbox(3, backlog: 0), paused, deaf,
            ]
        )
    }

    private func lines(_ view: inout TopView, _ size: TopScreen.Size? = nil) -> [TerminalLine] {
        screen.lines(Self.snapshot(), &view, size ?? self.size)
    }

    /// The cells whose mailboxes are shown, in order.
    private func cells(_ view: inout TopView) -> [String] {
        lines(&view).map(\.text).filter { $0.hasPrefix("cell.") }.map { String($0.prefix(20).suffix(1)) }
    }

    @Test("The head says what is wrong")
    func head() {
        var view = TopView()
        let texts = lines(&view).map(\.text)
        #expect(texts[0].contains("127.0.0.1:5672 answers, asked 2 s ago"))
        #expect(texts[1] == "Open 11   green 5   yellow 2   red 1   no deadline 3   escalations to answer 4")
        #expect(texts[2].hasPrefix("Outbox 7 waiting, 1 being sent, the oldest 1h1m"))
        #expect(texts[2].hasSuffix("dead letters 2   unrouted 0"))
        #expect(texts[3] == "Processes 1   120 messages a minute   3 held   53 waiting at the broker")
        #expect(texts[5].hasPrefix(" 1 mailboxes 4 of 5  "))
        var snapshot = Self.snapshot()
        snapshot.broker.problem = "nobody listens there"
        let broken = screen.lines(snapshot, &view, size).map(\.text)
        #expect(broken[0].hasSuffix("does not answer") && broken[1] == "  nobody listens there")
        #expect(broken[4].hasSuffix("? waiting at the broker"))
    }

    @Test("Keys sort, turn round, filter and choose")
    func keys() {
        var view = TopView()
        #expect(cells(&view) == ["2", "4", "1", "5"])
        _ = view.take(.character("r"))
        #expect(cells(&view) == ["5", "1", "4", "2"])
        _ = view.take(.character("s"))
        #expect(view.sort == .rate && cells(&view) == ["1", "2", "4", "5"])
        _ = view.take(.character("S"))
        _ = view.take(.character("S"))
        #expect(view.sort == .name && cells(&view) == ["1", "2", "4", "5"])
        _ = view.take(.character("a"))
        #expect(cells(&view) == ["1", "2", "3", "4", "5"])

        for key in "/5005.Q" { _ = view.take(.character(key)) }
        #expect(view.draft == "5005.Q" && lines(&view).last?.text.hasPrefix("Filter: 5005.Q_") == true)
        for key in [TopKey.backspace, .character("L"), .enter] { _ = view.take(key) }
        #expect(view.filter == "5005.L" && cells(&view) == ["5"])
        for key in "/ paused" { _ = view.take(.character(key)) }
        _ = view.take(.escape)
        #expect(view.filter == "5005.L", "what was typed was left")
        _ = view.take(.escape)
        for key in "/PAUSED cell" { _ = view.take(.character(key)) }
        _ = view.take(.enter)
        #expect(cells(&view) == ["4"])

        _ = view.take(.character("?"))
        #expect(lines(&view).contains { $0.text.hasPrefix("q, Ctrl-C") })
        #expect(view.take(.character("x")) == .nothing && !view.showsHelp)
        _ = view.take(.tab)
        #expect(view.panel == .processes)
        #expect(view.take(.character("q")) == .quit && view.take(.interrupt) == .quit)
    }

    @Test("Other tables show processes and the lights of roles")
    func panels() {
        var view = TopView()
        _ = view.take(.character("2"))
        #expect(lines(&view).contains { $0.text.hasPrefix("4711:1:0  node     serving") })
        _ = view.take(.character("3"))
        let roles = lines(&view).map(\.text).filter { $0.hasPrefix("liaison ") || $0.hasPrefix("cell-leader ") }
        #expect(roles.count == 2 && roles[0].hasPrefix("liaison "))
        #expect(roles[0].split(separator: " ").map(String.init) == ["liaison", "11", "5", "2", "1", "3", "0"])
    }

    @Test("A table that is longer than the terminal scrolls, and never past its ends")
    func scrolling() {
        var snapshot = Self.snapshot()
        snapshot.mailboxes = (1...200).map { Self.mailbox($0, backlog: 200 - $0 + 1) }
        var view = TopView()
        func first() -> String { screen.lines(snapshot, &view, size)[7].text }
        #expect(first().contains("cell.310105002015001.liaison"))
        let count = screen.lines(snapshot, &view, size).count
        #expect(count == size.height)
        for (key, cell) in [(TopKey.up, 1), (.down, 2), (.pageDown, 14), (.end, 189), (.pageDown, 189), (.up, 188)] {
            _ = view.take(key)
            #expect(first().contains("cell.31010500201500\(cell).liaison"), "\(key)")
        }
        snapshot.mailboxes = Array(snapshot.mailboxes.prefix(3))
        #expect(first().contains("cell.310105002015001.liaison"), "fewer lines come to an end before the offset")
    }

    @Test("Whatever the size of the terminal, no line is wider and there are as many as fit", arguments: 1...60)
    func sizes(_ number: Int) {
        var snapshot = Self.snapshot()
        snapshot.broker.address = "江苏路街道:5672"
        snapshot.broker.problem = "断了"
        let size = TopScreen.Size(width: number * 3, height: number)
        for keys in ["", "2", "3", "?", "/网格"] {
            var view = TopView()
            for key in keys { _ = view.take(.character(key)) }
            let lines = screen.lines(snapshot, &view, size)
            #expect(lines.count == size.height)
            for line in lines {
                #expect(line.drawn(width: size.width, hasColors: false).displayWidth <= size.width)
            }
        }
    }

    @Test("Without a terminal, all that there is to tell is printed")
    func text() {
        let text = screen.text(Self.snapshot())
        for beginning in ["gridwork top", "Open 11", "MAILBOX", "cell.310105002015002", "PROCESS", "4711", "ROLE"] {
            #expect(text.contains { $0.hasPrefix(beginning) }, "\(beginning)")
        }
        #expect(text.allSatisfy { !$0.contains("\u{1b}") && $0.last != " " })
    }
}

@Suite("A line of a terminal")
struct TerminalLineTests {
    @Test("A wide character takes two columns, and is left out where it fits by half")
    func width() {
        #expect("网格a".displayWidth == 5 && "e\u{301}".displayWidth == 1)
        #expect("网格a".cut(to: 3) == "网" && "网格a".cut(to: 4) == "网格" && "网格a".cut(to: 0) == "")
        #expect("网".fitted(to: 5) == "网   " && "12".fitted(to: 5, isNumber: true) == "   12")
        #expect("a\u{1b}[2Jb\r\n".cut(to: 20) == "a[2Jb", "no text moves the cursor")
    }

    @Test("What stands out ends with its text, and a line that is all inverse is filled")
    func drawing() {
        var line = TerminalLine("ab")
        line.add("网格", .red)
        #expect(line.drawn(width: 5, hasColors: true) == "ab\u{1b}[31;1m网\u{1b}[0m")
        #expect(line.drawn(width: 2, hasColors: true) == "ab")
        #expect(line.drawn(width: 9, hasColors: false) == "ab网格")
        #expect(TerminalLine("ab", .inverse).drawn(width: 4, hasColors: true).hasSuffix("\u{1b}[7m  \u{1b}[0m"))
    }

    @Test("Lengths of time are told in two units")
    func durations() {
        let texts = [0, 59, 60, 3_599, 3_600, 86_399, 90_000].map(TopScreen.duration)
        #expect(texts == ["0 s", "59 s", "1m0s", "59m59s", "1h0m", "23h59m", "1d1h"])
    }
}
