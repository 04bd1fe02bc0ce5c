//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import Testing

@testable import GridModel
@testable import GridStore

@Suite("The archive of histories")
struct ArchiveTests {
    private static let year: Int64 = 365 * 86_400_000
    /// The time by which the orders of these tests have been over for a year.
    private static let now = at(2 * year)
    private static let since = at(year)

    @Test("The course of an order reads the same in the archive, whole, page by page and assignment by assignment")
    func readsTheSame() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let before = try await Self.reading(of: file)
            #expect(before.whole.count == 200 && before.whole.contains { $0.person == "Li" && $0.isStandIn })
            #expect(try await Self.move(7, in: file))
            #expect(try await Self.reading(of: file) == before)
            #expect(try await Self.keptLines(of: 7, in: file) == 0)
            // The other order's stay, and so do who gave its commands.
            #expect(try await Self.keptLines(of: 8, in: file) == 200)
            #expect(try await file.read { try $0.connection.number("SELECT count(*) FROM performer", []) } == 100)
            let left = try await file.read { try $0.ordersToArchive(issuedBefore: Self.since, after: nil, limit: 9) }
            #expect(left.map(\.id) == [AssignmentID.sample(8).order])
        }
    }

    @Test("What happens to an archived order later follows what the archive has")
    func later() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            #expect(try await Self.move(7, in: file))
            try await file.write { try $0.apply(Decision { $0.history = [Self.line(.sample(7, 1), 900, .refused)] }) }
            let (whole, newest, rest) = try await file.read { store in
                let whole = try store.history(under: .sample(), limit: 1_000)
                return (
                    whole, try store.newestLine(of: .sample(7, 1), .refused),
                    try store.history(of: .sample(7, 1), limit: 10, after: whole[whole.count - 2].n)
                )
            }
            #expect(whole.count == 201 && whole.map(\.n) == whole.map(\.n).sorted())
            #expect(newest == whole.last && rest == whole.suffix(1))
        }
    }

    @Test("A move that is cut off anywhere shows nothing twice and nothing missing, and goes on the next time")
    func cutOff() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let before = try await Self.reading(of: file)
            let order = AssignmentID.sample().order
            // After some lines were added to the archive.
            let first = try await file.read { try $0.linesToArchive(of: order, after: 0, limit: 70) }
            try file.archive.add(first)
            #expect(try await Self.reading(of: file) == before)
            // After all of them were, and the order was marked.
            let all = try await file.read { try $0.linesToArchive(of: order, after: 0, limit: 1_000) }
            try file.archive.add(all)
            let last = try #require(all.last).line.n
            #expect(try await file.write { try $0.markArchived(order, through: last, since: Self.since) })
            #expect(try await Self.reading(of: file) == before)
            // After some were deleted.
            #expect(try await file.write { try $0.deleteArchived(of: order, limit: 30) } == 30)
            #expect(try await Self.reading(of: file) == before)
            #expect(try await Self.move(7, in: file))
            #expect(try await Self.reading(of: file) == before)
            #expect(try await Self.keptLines(of: 7, in: file) == 0)
        }
    }

    @Test("Two processes that move an order at once do not hinder each other, and who gave a command stays known")
    func twoAtOnce() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let before = try await Self.reading(of: file)
            let order = AssignmentID.sample().order
            let lines = try await file.read { try $0.linesToArchive(of: order, after: 0, limit: 1_000) }
            try file.archive.add(lines)
            // What another process reads while this one deletes: lines without what told of the person.
            let without = lines.map { line in
                var line = line
                (line.person, line.line.isStandIn) = (nil, false)
                return line
            }
            try file.archive.add(without)
            #expect(try await Self.move(7, in: file))
            let last = try #require(lines.last).line.n
            #expect(try await file.write { try $0.markArchived(order, through: last, since: Self.since) })
            #expect(try await file.write { try $0.deleteArchived(of: order, limit: 9) } == 0)
            #expect(try await Self.reading(of: file) == before)
        }
    }

    @Test(
        "The history of an order stays as long as something may happen to it",
        arguments: [
            "an open page", "a page that changed lately", "a timer", "an escalation to answer", "the newest line",
        ]
    )
    func stays(what: String) async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            try await file.write { store in
                try store.apply(
                    Decision { decision in
                        switch what {
                        case "an open page":
                            decision.assignment = .sample(.sample(7, 3), state: .accepted)
                        case "a page that changed lately":
                            decision.assignment = .sample(.sample(7, 3), state: .completed, updatedAt: Self.since)
                        case "a timer": decision.timers = [.set(.sample(7, 3), .dueUrge, at(1))]
                        case "an escalation to answer":
                            decision.escalation = Escalation(
                                assignment: .sample(7, 3),
                                holder: liaison,
                                superior: leader,
                                rung: 1,
                                revision: 1,
                                title: "t",
                                reason: "r",
                                byClock: false,
                                dueAt: nil,
                                openedAt: at(1)
                            )
                        default: decision.history = [Self.line(.sample(7, 3), 900)]
                        }
                    }
                )
            }
            #expect(try await !Self.move(7, in: file), "\(what)")
            #expect(try await Self.keptLines(of: 7, in: file) >= 200 && !file.archive.exists)
        }
    }

    @Test("What happens while an order is being copied keeps it where it is")
    func meanwhile() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let order = AssignmentID.sample().order
            let lines = try await file.read { try $0.linesToArchive(of: order, after: 0, limit: 1_000) }
            try file.archive.add(lines)
            try await file.write { try $0.apply(Decision { $0.history = [Self.line(.sample(7, 1), 900)] }) }
            try await file.write { try $0.apply(Decision { $0.history = [Self.line(.sample(8, 1), 901)] }) }
            let last = try #require(lines.last).line.n
            #expect(try await !file.write { try $0.markArchived(order, through: last, since: Self.since) })
            #expect(try await Self.keptLines(of: 7, in: file) == 201)
        }
    }

    @Test("Where the archive is of another state file, nothing is lost: the move fails, and the history stays")
    func foreignLines() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let before = try await Self.reading(of: file)
            let order = AssignmentID.sample().order
            var other = try await file.read { try $0.linesToArchive(of: order, after: 0, limit: 60) }
            other[59].line.note = "of another file"
            try file.archive.add([other[59]])
            await expectStoreError(.corrupt) { _ = try await Self.move(7, in: file) }
            #expect(try await Self.reading(of: file) == before)
            #expect(try await Self.keptLines(of: 7, in: file) == 200)
        }
    }

    @Test("A file of somebody else's in the archive's place is refused, and left as it was")
    func foreignFile() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let queue = try DatabaseQueue(path: file.archive.path)
            try await queue.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
            try queue.close()
            let size = try Files.size(file.archive.path)
            await expectStoreError(.notADatabase) { _ = try await Self.move(7, in: file) }
            #expect(try Files.size(file.archive.path) == size)
        }
    }

    @Test("An archive that is gone is named when it is wanted, and not before")
    func missing() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            #expect(try await Self.move(7, in: file))
            unlink(file.archive.path)
            await expectStoreError(.io) { _ = try await file.read { try $0.history(under: .sample(), limit: 1) } }
            #expect(try await file.read { try $0.history(under: .sample(8), limit: 1) }.count == 1)
            #expect(try await file.read { try $0.history(under: .sample(), limit: 9, after: 100_000) } == [])
        }
    }

    @Test("A backup brings its archive along, and restoring adds it to the one that is there")
    func backup() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            try await Self.fill(file)
            #expect(try await Self.move(7, in: file))
            let before = try await Self.reading(of: file)
            let report = try file.backupNow(to: folder + "/backup")
            #expect(try report.archiveBytes == Files.size(folder + "/backup-archive"))
            // An order more is archived after the backup.
            try await file.write { try $0.apply(Decision { $0.history = [Self.line(.sample(9), 900)] }) }
            #expect(try await Self.move(8, in: file))
            let other = try await file.read { try $0.history(under: .sample(8), limit: 1_000) }
            await expectStoreError(.exists) {
                unlink(folder + "/backup")
                _ = try file.backupNow(to: folder + "/backup")
            }
            _ = try file.backupNow(to: folder + "/later")
            try file.close()
            for (backup, target) in [("later", "elsewhere"), ("later", "state")] {
                _ = try StateFile.restoreNow("\(folder)/\(backup)", to: "\(folder)/\(target)", at: Self.now)
                let restored = try StateFile.open(at: "\(folder)/\(target)")
                #expect(try await Self.reading(of: restored) == before)
                #expect(try await restored.read { try $0.history(under: .sample(8), limit: 1_000) } == other)
                try restored.archive.check()
                try restored.close()
            }
        }
    }

    @Test("An earlier backup is restored beside the later archive, and its orders go there again")
    func earlierBackup() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            try await Self.fill(file)
            let before = try await Self.reading(of: file)
            #expect(try file.backupNow(to: folder + "/backup").archiveBytes == 0)
            #expect(try await Self.move(7, in: file))
            try file.close()
            _ = try StateFile.restoreNow(folder + "/backup", to: path, at: Self.now)
            let restored = try StateFile.open(at: path)
            #expect(try await Self.reading(of: restored) == before)
            #expect(try await Self.move(7, in: restored))
            #expect(try await Self.reading(of: restored) == before)
            try restored.close()
        }
    }

    @Test("An order of which nothing was written needs no archive")
    func withoutLines() async throws {
        try await withStateFile { file in
            try await file.write { try $0.apply(Decision { $0.order = .sample() }) }
            #expect(try await Self.move(7, in: file))
            #expect(try await file.read { try $0.archivedOrderCount() } == 0)
            #expect(try await file.read { try $0.history(under: .sample(), limit: 1) } == [] && !file.archive.exists)
        }
    }

    @Test("The numbers of lines are never given again, although those before them are gone")
    func numbers() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let newest = try await file.read { try $0.newestHistoryLine() }
            for order in [7, 8] { _ = try await Self.move(order, in: file) }
            try await file.write { try $0.apply(Decision { $0.history = [Self.line(.sample(9), 900)] }) }
            #expect(try await file.read { try $0.newestHistoryLine() } == newest + 1)
        }
    }

    @Test("Nobody is woken when history goes into the archive")
    func silent() async throws {
        try await withStateFile { file in
            try await Self.fill(file)
            let silence = Date(timeIntervalSince1970: 0)
            try FileManager.default.setAttributes([.modificationDate: silence], ofItemAtPath: file.path)
            #expect(try await Self.move(7, in: file))
            #expect(try modification(of: file.path) == silence)
        }
    }

    // MARK: Orders

    /// What is read of the seventh order in every way.
    private struct Reading: Equatable {
        var whole: [HistoryLine] = []
        var paged: [HistoryLine] = []
        var pages: [[HistoryLine]] = []
        var newest: [HistoryLine?] = []
    }

    private static func reading(of file: StateFile) async throws -> Reading {
        try await file.read { store in
            var reading = Reading()
            reading.whole = try store.history(under: .sample(), limit: 1_000)
            while true {
                let page = try store.history(under: .sample(), limit: 7, after: reading.paged.last?.n ?? 0)
                reading.paged += page
                if page.count < 7 { break }
            }
            #expect(reading.paged == reading.whole)
            for leg in 1...3 {
                let id = AssignmentID.sample(7, leg)
                reading.pages.append(try store.history(of: id, limit: 1_000))
                #expect(reading.pages.last == reading.whole.filter { $0.assignment == id })
                for event in HistoryEntry.Event.allCases { reading.newest.append(try store.newestLine(of: id, event)) }
            }
            return reading
        }
    }

    private static func line(
        _ id: AssignmentID,
        _ number: Int,
        _ event: HistoryEntry.Event = .progressed
    ) -> HistoryEntry {
        HistoryEntry(
            assignment: id,
            event: event,
            at: at(Int64(number)),
            actor: number % 2 == 0 ? leader : nil,
            leg: nil,
            note: "note \(number)",
            cause: messageID("m\(id.text)\(number)")
        )
    }

    /// Two orders that are over, whose lines take turns; every second line is a command of one of two people.
    private static func fill(_ file: StateFile) async throws {
        try await file.write { store in
            let people = try ["Wang", "Li"].map { name in
                try #require(try store.addPerson(named: name, posts: [leader], at: at(1)))
            }
            for order in [7, 8] {
                try store.apply(Decision { $0.order = .sample(order) })
                for leg in 0...3 {
                    let id = leg == 0 ? AssignmentID.sample(order) : .sample(order, leg)
                    try store.apply(Decision { $0.assignment = .sample(id, state: .completed, updatedAt: at(900)) })
                }
            }
            for number in 0..<200 {
                for order in [7, 8] {
                    let id = AssignmentID.sample(order, 1 + number % 3)
                    let events = HistoryEntry.Event.allCases
                    let entry = line(id, number, events[number % events.count])
                    try store.apply(Decision { $0.history = [entry] })
                    guard let actor = entry.actor else { continue }
                    let performer = Performer(person: people[number / 2 % 2], isStandIn: number % 8 > 3)
                    try store.savePerformer(performer, of: entry.cause, as: actor)
                }
            }
        }
    }

    /// Moves an order's history as a node does, some lines at a time.
    private static func move(_ number: Int, in file: StateFile) async throws -> Bool {
        let orders = try await file.read { try $0.ordersToArchive(issuedBefore: since, after: nil, limit: 100) }
        let order = try #require(orders.first { $0.id == AssignmentID.sample(number).order })
        return try await file.moveToArchive(order, since: since, step: 40)
    }

    private static func keptLines(of number: Int, in file: StateFile) async throws -> Int {
        let id = AssignmentID.sample(number)
        return try await file.read { store in
            try store.connection.number(
                "SELECT count(*) FROM history WHERE assignment >= ? AND assignment < ?",
                [id.text, id.rangeEnd]
            )
        }
    }
}
