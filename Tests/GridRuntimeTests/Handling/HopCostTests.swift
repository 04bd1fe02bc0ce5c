//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import GridModel
import Logging
import Synchronization
import Testing

@testable import GridRuntime
@testable import GridStore

/// Holds what a hop costs to a bound, without a clock: a statement more for every message is a regression that no
/// test of behaviour notices and no timed test shows reliably.
@Suite("The cost of a hop")
struct HopCostTests {
    private static let hops = 200

    @Test("A hop runs few statements and writes few bytes")
    func cost() async throws {
        try await withTemporaryFolder { folder in
            let file = try StateFile.open(at: folder + "/state.sqlite")
            let street = Street(communities: 1, cells: 4, groups: 5, liaisons: Self.hops / 20)
            let organization = try OrganizationFile.organization(from: street.file())
            let handler = MessageHandler(
                organization: organization,
                clock: .system,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let commands = try await issue(in: street, organization, file)
            #expect(commands.count == Self.hops)
            let statements = Statements()
            try await file.pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                db.trace { event in
                    if case .statement(let statement) = event { statements.add(statement.sql) }
                }
            }
            let ids = try await file.write { store in
                var outgoing: [StoredMessage] = []
                for command in commands {
                    outgoing += try handler.receive(handler.read(command, from: "test"), in: store)
                }
                return try store.enqueue(outgoing, lease: nil, at: WallClock.system.now)
            }
            _ = try await file.write { try $0.deleteOutbox(ids) }
            try await file.pool.writeWithoutTransaction { $0.trace(nil) }
            #expect(ids.count == Self.hops)

            // Of each message: the inbox, the assignment read and written, the history. Of a batch: the transaction,
            // what is asked once, and the outbox, sixteen rows at a time.
            let each = Double(statements.count) / Double(Self.hops)
            #expect(each <= 4.3, "\(statements.summary)")
            let size = try FileManager.default.attributesOfItem(atPath: folder + "/state.sqlite-wal")[.size] as? Int
            let bytes = (size ?? .max) / Self.hops
            #expect(bytes <= 8_192, "a hop writes \(bytes) bytes to the log")
            try file.close()
        }
    }

    /// Issues an order down to the liaisons, and makes the command with which each acknowledges.
    private func issue(in street: Street, _ organization: Organization, _ file: StateFile) async throws
        -> [StoredMessage]
    {
        let now = WallClock.system.now
        let draft = OrderDraft(
            title: "入户检查",
            body: "请逐户检查。",
            module: .publicSafety,
            scope: [Street.code],
            cascade: Cascade(to: "liaison")
        )
        _ = try await file.write { try $0.saveOrganization(try street.file(), at: now) }
        let id = try #require(MessageID("issue"))
        return try await file.write { store in
            func carryOut(_ message: Message) throws -> [Mail] {
                let page = try store.page(for: message.pageQuery(at: now))
                let decision = decide(message, on: page, in: organization, at: now)
                try store.apply(decision)
                return decision.outgoing
            }
            var mail = try carryOut(.command(Command(id: id, actor: street.office, body: .issue(draft))))
            var commands: [StoredMessage] = []
            while !mail.isEmpty {
                for mail in mail where mail.target.role == "liaison" {
                    guard let assignment = mail.assignment, let mailbox = organization.mailbox(of: mail.target),
                        let id = MessageID("ack-\(assignment)")
                    else { continue }
                    let body = CommandBody.act(.acknowledge, assignment, ActionBody())
                    let command = Command(id: id, actor: mail.target, body: body)
                    let prefix = "\(mailbox.name).\(mail.target.code)"
                    commands.append(try CommandCodec().encode(command, mailboxPrefix: prefix, at: now))
                }
                mail = try mail.flatMap { try carryOut(.mail($0)) }
            }
            return commands
        }
    }
}

/// The statements that SQLite has run, by their first two words.
private final class Statements: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ sql: String) {
        counts.withLock { $0[sql.split(separator: " ").prefix(3).joined(separator: " "), default: 0] += 1 }
    }

    var count: Int { counts.withLock { $0.values.reduce(0, +) } }
    var summary: String { counts.withLock { "\($0)" } }
}
