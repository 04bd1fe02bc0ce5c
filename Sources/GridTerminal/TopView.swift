//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridRuntime
package import GridStore

/// What somebody chose to see of a node, and how the keys change it.
package struct TopView: Hashable, Sendable {
    /// A table.
    package enum Panel: String, CaseIterable, Sendable {
        case mailboxes, processes, roles
    }

    /// What mailboxes are sorted by; the most comes first, but for the name.
    package enum Sort: String, CaseIterable, Sendable {
        case backlog, rate, age, held, workers, busy, name
    }

    /// What a key asks of the program beyond another view.
    package enum Wish: Sendable {
        case nothing, quit
    }

    /// The table that is shown.
    package private(set) var panel = Panel.mailboxes
    /// What mailboxes are sorted by.
    package private(set) var sort = Sort.backlog
    /// Whether the order is turned round.
    package private(set) var isReversed = false
    /// The words that a line has to contain, all of them.
    package private(set) var filter = ""
    /// What is being typed as the next filter; nil while nothing is.
    package private(set) var draft: String?
    /// Whether mailboxes of which there is nothing to tell are shown as well.
    package private(set) var showsAll = false
    /// Whether the keys are explained in place of a table.
    package private(set) var showsHelp = false
    /// Whether the picture stands still.
    package private(set) var isHeld = false
    /// How many lines of the table are above the first one that is shown.
    package private(set) var offset = 0
    /// How many lines were shown last, and how many there were.
    private var page = 1
    private var count = 0

    /// Creates the view that a program begins with.
    package init() {}

    /// Follows a key.
    package mutating func take(_ key: TopKey) -> Wish {
        if key == .interrupt { return .quit }
        if let draft {
            type(key, draft)
            return .nothing
        }
        if showsHelp {
            showsHelp = false
            return key == .character("q") ? .quit : .nothing
        }
        switch key {
        case .character("q"): return .quit
        case .character(let character): choose(character)
        case .tab: show(Panel.allCases[((Panel.allCases.firstIndex(of: panel) ?? 0) + 1) % Panel.allCases.count])
        case .escape: (filter, offset) = ("", 0)
        case .up: scroll(by: -1)
        case .down: scroll(by: 1)
        case .pageUp: scroll(by: -page)
        case .pageDown: scroll(by: page)
        case .home: offset = 0
        case .end: scroll(by: count)
        case .enter, .backspace, .interrupt: break
        }
        return .nothing
    }

    private mutating func choose(_ character: Character) {
        switch character {
        case "1": show(.mailboxes)
        case "2": show(.processes)
        case "3": show(.roles)
        case "s", "S":
            let all = Sort.allCases
            let place = (all.firstIndex(of: sort) ?? 0) + (character == "s" ? 1 : all.count - 1)
            (sort, isReversed, offset) = (all[place % all.count], false, 0)
        case "r": (isReversed, offset) = (!isReversed, 0)
        case "a": (showsAll, offset) = (!showsAll, 0)
        case "/": draft = filter
        case "?", "h": showsHelp = true
        case " ": isHeld.toggle()
        case "k": scroll(by: -1)
        case "j": scroll(by: 1)
        case "g": offset = 0
        case "G": scroll(by: count)
        default: break
        }
    }

    private mutating func show(_ panel: Panel) {
        (self.panel, offset) = (panel, 0)
    }

    private mutating func type(_ key: TopKey, _ draft: String) {
        switch key {
        case .character(let character) where draft.count < 60: self.draft = draft + String(character)
        case .backspace: self.draft = String(draft.dropLast())
        case .enter: (filter, self.draft, offset) = (draft, nil, 0)
        case .escape: self.draft = nil
        default: break
        }
    }

    private mutating func scroll(by lines: Int) {
        offset = min(max(0, offset + lines), max(0, count - page))
    }

    /// Notes how many lines there are and how many fit, and keeps the first one that is shown within them.
    package mutating func settle(count: Int, page: Int) {
        (self.count, self.page) = (count, max(1, page))
        scroll(by: 0)
    }

    // MARK: Choosing lines

    /// Whether a line with these texts is to be shown; upper and lower case are the same.
    private func picks(_ texts: [String]) -> Bool {
        let texts = texts.map { $0.lowercased() }
        return filter.lowercased().split(separator: " ").allSatisfy { word in texts.contains { $0.contains(word) } }
    }

    /// The mailboxes to be shown, in order.
    package func mailboxes(of snapshot: TopSnapshot) -> [WorkerOverview.MailboxLine] {
        let picked = snapshot.mailboxes.filter { line in
            (showsAll || line.isNotable) && picks([line.mailbox, line.pausedAt == nil ? "" : "paused"])
        }
        if sort == .name { return picked.sorted { ($0.mailbox < $1.mailbox) != isReversed } }
        let measured = picked.map { ($0, measure($0)) }
        return measured.sorted { left, right in
            if left.1 == right.1 { return left.0.mailbox < right.0.mailbox }
            return (left.1 > right.1) != isReversed
        }.map(\.0)
    }

    private func measure(_ line: WorkerOverview.MailboxLine) -> Double {
        switch sort {
        case .backlog: Double(line.backlog ?? -1)
        case .rate: line.perMinute
        case .age: Double(line.oldestSeconds ?? -1)
        case .held: Double(line.held)
        case .workers: Double(line.workers ?? line.consumers ?? 0)
        case .busy: line.busy
        case .name: 0
        }
    }

    /// The processes to be shown, those that began first coming first.
    package func processes(of snapshot: TopSnapshot) -> [WorkerOverview.Process] {
        snapshot.processes.filter { picks([$0.name, $0.duties, $0.state.rawValue]) }
    }

    /// The roles to be shown, those with the most that is late coming first.
    package func roles(of snapshot: TopSnapshot) -> [LightCounts] {
        snapshot.lights.filter { picks([$0.role]) }
            .sorted { ($1.red, $1.yellow, $0.role) < ($0.red, $0.yellow, $1.role) }
    }
}
