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
import Logging

/// What an operator looks after: what waits, who serves it, and the dead letters.
///
/// It is for whoever holds the organization's top post herself: there is no role of operators, a stand-in acts for the
/// office and not for its machines, and elsewhere nobody has a use for queues.
struct OperationsPage {
    /// How many dead letters are shown.
    private static let longest = 200
    /// What the address says when a letter was dealt with.
    static let done = "letter"

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let isBrokerAway: Bool
        let state: TableView
        let processes: TableView?
        let mailboxes: TableView?
        let letters: [LetterView]
        let hasExports: Bool
        /// The files of the letters.
        let exports: [Export.Link]
        let moreText: String?
    }

    private struct LetterView: Sendable {
        let letterTitle: String
        let letterDetail: String
        let letterFacts: String
        let replayAction: String
        let discardAction: String
    }

    /// What is known of the mailboxes and of the dead letters; nil where the broker, or who knows it, cannot be asked.
    private struct Found: Sendable {
        var overview: WorkerOverview?
        var letters: [DeadLetter]?
    }

    /// Whether somebody looks after the node.
    static func isFor(_ access: Access) -> Bool {
        access.organization.top.map { access.own.contains($0.post) } ?? false
    }

    func response(status: HTTPResponse.Status = .ok, notice: PageFrame.Notice? = nil) async throws -> Response {
        try check()
        let (texts, time, visit) = (visit.texts, visit.time, visit)
        let tables = WorkerTables(time: time)
        let found = try await find()
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .operations,
            notice: notice,
            status: status,
            here: ConsoleAddress.operations,
            // Queues have no events.
            follow: []
        )
        return try await page.response("operations", title: \.heading) { store -> Content in
            let letters = found.letters ?? []
            return Content(
                heading: texts("menu", of: ConsoleSection.operations.rawValue),
                isBrokerAway: found.letters == nil,
                state: TableView(try state(in: store), time, on: visit),
                processes: found.overview.map { TableView(tables.processes($0), time, on: visit) },
                mailboxes: found.overview.map { TableView(tables.mailboxes($0), time, on: visit) },
                letters: letters.prefix(Self.longest).map(view),
                hasExports: !letters.isEmpty,
                exports: Export.links(self.letters([]), on: visit),
                moreText: letters.count > Self.longest
                    ? texts("lettersMore", ["count": "\(Self.longest)", "total": "\(letters.count)"]) : nil
            )
        }
    }

    /// A table of the page; nil where there is none with the name.
    func table(_ name: String) async throws -> DataTable? {
        try check()
        switch name {
        case "state": return try await visit.services.store.read { try state(in: $0) }
        case WorkerTables.processesName: return try await find().overview.map(WorkerTables(time: visit.time).processes)
        case WorkerTables.mailboxesName: return try await find().overview.map(WorkerTables(time: visit.time).mailboxes)
        case "dead-letters": return try await find().letters.map(letters)
        default: return nil
        }
    }

    /// Sends a dead letter again, or takes it off for good.
    func act(on key: String, _ act: @Sendable (any OperationsDesk, String) async throws -> DeadLetterDesk.Result)
        async throws -> Response
    {
        try check()
        _ = try await PageForm.read(visit)
        guard let desk = visit.services.operations else { throw Problem.busy("this process knows no broker") }
        switch try await act(desk, key) {
        case .done: return .seeOther("\(ConsoleAddress.operations)?did=\(Self.done)")
        case .notFound:
            return try await response(status: .notFound, notice: .bad(visit.texts("noticeLetterGone")))
        case .failed:
            return try await response(status: .serviceUnavailable, notice: .bad(visit.texts("noticeLetterFailed")))
        }
    }

    private func check() throws {
        guard Self.isFor(caller.access) else { throw Problem.notFound("there is nothing at this address") }
    }

    private func find() async throws -> Found {
        guard let desk = visit.services.operations else { return Found() }
        let overview = try await desk.workers(in: caller.access.organization)
        // It is not waited for twice.
        guard overview.brokerProblem == nil else { return Found(overview: overview) }
        do {
            return Found(overview: overview, letters: try await desk.letters())
        } catch {
            // The page says so; what the state file knows is shown all the same.
            visit.context.logger.info("The broker could not be asked", metadata: [LogKey.error: "\(type(of: error))"])
            return Found(overview: overview)
        }
    }

    private func state(in store: StoreReader) throws -> DataTable {
        let (texts, time) = (visit.texts, visit.time)
        let outbox = try store.outboxStatus()
        let wakeUp = try store.nextWakeUp()
        let oldest = outbox.oldest.map { time.span(time.now.milliseconds - $0.milliseconds) }
        return DataTable(
            name: "state",
            caption: texts("tableState"),
            columns: [.init(title: texts("columnWhat")), .init(title: texts("columnValue"), isFigure: true)],
            rows: [
                [.text(texts("stateOutbox")), .number(outbox.count)],
                [.text(texts("stateOutboxOldest")), .text(oldest ?? "")],
                [.text(texts("stateParked")), .number(try store.parkedCount())],
                [.text(texts("stateTimers")), .number(try store.timersPending())],
                [.text(texts("stateNextTimer")), .time(wakeUp)],
            ]
        )
    }

    private func letters(_ letters: [DeadLetter]) -> DataTable {
        let texts = visit.texts
        return DataTable(
            name: "dead-letters",
            caption: texts("tableLetters"),
            columns: [
                .init(title: texts("columnKey")), .init(title: texts("columnReason")),
                .init(title: texts("columnDetail")), .init(title: texts("columnRoute")),
                .init(title: texts("columnSince")),
            ],
            rows: letters.map { letter in
                [
                    .text(letter.key), .text(kind(of: letter)), .text(letter.problem.detail),
                    .text(letter.message.routingKey), .time(letter.since),
                ]
            }
        )
    }

    /// Why a letter is dead, in the words of the page; a newer node may know more kinds.
    private func kind(of letter: DeadLetter) -> String {
        let texts = visit.texts
        let kind = DeadLetterProblem.Kind(rawValue: letter.problem.kind) ?? .unknown
        return texts("letter", of: kind.rawValue)
    }

    private func view(_ letter: DeadLetter) -> LetterView {
        let (texts, time) = (visit.texts, visit.time)
        let facts = [
            letter.message.routingKey, letter.message.type, letter.since.map(time.text),
            letter.problem.attempts.flatMap { $0 > 0 ? texts("letterAttempts", ["count": "\($0)"]) : nil },
        ]
        return LetterView(
            letterTitle: kind(of: letter),
            letterDetail: letter.problem.detail,
            // A letter of another program's making may lack any of them.
            letterFacts: facts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · "),
            replayAction: "\(ConsoleAddress.letters)/\(letter.key)/replay",
            discardAction: "\(ConsoleAddress.letters)/\(letter.key)/discard"
        )
    }
}
