//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel
import GridRuntime
import Testing

@testable import GridStore

@Suite("A state file of an earlier version, over the real broker", .needsBroker, .brokerLimit)
struct EarlierVersionTests {
    @Test("An order that was under way in it completes", arguments: Schema.migrator.migrations.dropLast())
    func completes(version: String) async throws {
        let street = Street(communities: 1, cells: 1, groups: 1, liaisons: 2)
        try await Chain.with(street: street) { chain in
            let root = try await chain.issue(chain.draft(dueAt: .after(milliseconds: 3_600_000)))
            // Down to the cell leader: pages, legs, timers, an inbox, and mail that waits to be sent.
            try await Self.handleOutbox(of: chain)
            let path = chain.folder + "/earlier.sqlite"
            try Self.copy(chain.store.path, to: path, as: version)
            let file = try StateFile.open(at: path)
            try await finally {
                let earlier = chain.with(store: file)
                #expect(try await file.read { try $0.schemaVersion() } == Schema.migrator.migrations.last)
                #expect(try await earlier.assignment(root.leg(1))?.state == .issued)
                try await earlier.withNode {
                    try await earlier.awaitFanOut(of: root)
                    try await earlier.completeLeaves(under: root)
                    try await earlier.awaitState(.completed, of: root)
                }
                try await earlier.expectEachOnce(root)
                try await earlier.expectSound([root])
                try await earlier.expectNothingLeft()
            } then: {
                try file.close()
            }
        }
    }

    /// Handles what the outbox holds, as if the broker had delivered it.
    private static func handleOutbox(of chain: Chain) async throws {
        let handler = MessageHandler(organization: chain.organization, clock: chain.clock.wall, logger: chain.logger)
        let owner = ProcessIdentity(simulated: "test:1").description
        try await chain.store.write { store in
            let now = chain.clock.now
            let rows = try store.claimOutbox(owner: owner, now: now, leaseMilliseconds: 1_000, limit: 100)
            #expect(!rows.isEmpty)
            var outgoing: [StoredMessage] = []
            for row in rows {
                let queue = row.message.routingKey.split(separator: ".").prefix(3).joined(separator: ".")
                outgoing += try handler.receive(handler.read(row.message, from: queue), in: store)
            }
            try store.deleteOutbox(rows.map(\.id))
            _ = try store.enqueue(outgoing, lease: nil, at: now)
        }
    }

    /// Writes what a program of an earlier version would have: its tables, with the rows of a file of today as far as
    /// it had the columns.
    private static func copy(_ now: String, to path: String, as version: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try Schema.migrator.migrate(queue, upTo: version)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(sql: "ATTACH ? AS now", arguments: [now])
            let names = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            var copied = 0
            for table in try String.fetchAll(db, sql: names) where table != "grdb_migrations" {
                let columns = try db.columns(in: table, in: "main").map(\.name)
                let common = try db.columns(in: table, in: "now").map(\.name).filter(columns.contains)
                let list = common.joined(separator: ", ")
                try db.execute(sql: "INSERT OR REPLACE INTO main.\(table) (\(list)) SELECT \(list) FROM now.\(table)")
                copied += db.changesCount
            }
            #expect(copied > 10)
            try db.execute(sql: "DETACH now")
        }
        try queue.close()
    }
}
