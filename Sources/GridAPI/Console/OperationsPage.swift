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
        let mailboxes: TableView?
        let letters: [LetterView]
        let hasLetters: Bool
        let moreText: String?
    }

    private struct LetterView: Sendable {
        let letterTitle: String
        let letterDetail: String
        let letterFacts: String
        let replayAction: String
        let discardAction: String
    }

    /// What the broker says; nil where it cannot be asked.
    private struct Broker: Sendable {
        let mailboxes: [MailboxStatus]
        let letters: [DeadLetter]
    }

    /// Whether somebody looks after the node.
    static func isFor(_ access: Access) -> Bool {
        access.organization.top.map { access.own.contains($0.post) } ?? false
    }

    func response(status: HTTPResponse.Status = .ok, notice: PageFrame.Notice? = nil) async throws -> Response {
        try check()
        let (texts, time, visit) = (visit.texts, visit.time, visit)
        let broker = await broker()
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
            let letters = broker?.letters ?? []
            return Content(
                heading: texts("menu", of: ConsoleSection.operations.rawValue),
                isBrokerAway: broker == nil,
                state: TableView(try state(in: store), time, on: visit),
                mailboxes: broker.map { TableView(mailboxes($0.mailboxes), time, on: visit) },
                letters: letters.prefix(Self.longest).map(view),
                hasLetters: !letters.isEmpty,
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
        case "mailboxes": return await broker().map { mailboxes($0.mailboxes) }
        case "dead-letters": return await broker().map { letters($0.letters) }
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

    private func broker() async -> Broker? {
        guard let desk = visit.services.operations else { return nil }
        do {
            return Broker(
                mailboxes: try await desk.mailboxes(in: caller.access.organization),
                letters: try await desk.letters()
            )
        } catch {
            // The page says so; what the state file knows is shown all the same.
            visit.context.logger.info("The broker could not be asked", metadata: [LogKey.error: "\(type(of: error))"])
            return nil
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

    private func mailboxes(_ mailboxes: [MailboxStatus]) -> DataTable {
        let texts = visit.texts
        return DataTable(
            name: "mailboxes",
            caption: texts("tableMailboxes"),
            columns: [
                .init(title: texts("columnMailbox")), .init(title: texts("columnMessages"), isFigure: true),
                .init(title: texts("columnWorkers"), isFigure: true),
            ],
            // What is wrong first.
            rows: mailboxes.sorted { (-trouble($0), $0.name) < (-trouble($1), $1.name) }.map { mailbox in
                guard let messages = mailbox.messages, let consumers = mailbox.consumers else {
                    return [.text(mailbox.name), .text(texts("mailboxMissing"), kind: "late"), .init(value: .empty)]
                }
                return [
                    .text(mailbox.name), .number(messages), .number(consumers, kind: consumers == 0 ? "late" : nil),
                ]
            }
        )
    }

    private func trouble(_ mailbox: MailboxStatus) -> Int {
        mailbox.messages == nil ? .max : mailbox.consumers == 0 ? .max - 1 : mailbox.messages ?? 0
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
            letter.problem.attempts.map { texts("letterAttempts", ["count": "\($0)"]) },
        ]
        return LetterView(
            letterTitle: kind(of: letter),
            letterDetail: letter.problem.detail,
            letterFacts: facts.compactMap(\.self).joined(separator: " · "),
            replayAction: "\(ConsoleAddress.letters)/\(letter.key)/replay",
            discardAction: "\(ConsoleAddress.letters)/\(letter.key)/discard"
        )
    }
}
