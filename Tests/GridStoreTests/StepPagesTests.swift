//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GRDBSQLite
import Testing

@testable import GridModel
@testable import GridStore

/// How many pages the steps of assignments write: what a hop costs in a large file, counted instead of timed.
@Suite struct StepPagesTests {
    private static let posts = (1...400).map { number in
        let digits = String(number)
        return post("liaison@31010500201500101" + String(repeating: "0", count: 3 - digits.count) + digits)
    }

    @Test("A step writes as many pages in a file with many earlier assignments as in an empty one")
    func growth() async throws {
        let first = try await pages(past: 0)
        // Fifty for each post, so that those of one post fill a page of an index.
        let later = try await pages(past: 50)
        #expect(first > 20, "nothing was counted")
        #expect(later <= first * 5 / 4, "\(later) pages, and \(first) in a file without a past")
    }

    /// The pages that one transaction writes in which every post accepts an assignment.
    ///
    /// - Parameter past: How many completed assignments each post has beforehand.
    private func pages(past: Int) async throws -> Int {
        try await withStateFile { file in
            for number in 0..<past {
                try await file.write { store in
                    for (index, post) in Self.posts.enumerated() {
                        try Self.step(to: .completed, .sample(100 + number, index + 1), by: post, in: store)
                    }
                }
            }
            try await file.write { store in
                for (index, post) in Self.posts.enumerated() {
                    try Self.step(to: .issued, .sample(7, index + 1), by: post, in: store)
                }
            }
            _ = try await file.pool.writeWithoutTransaction(Self.pagesWritten)
            try await file.write { store in
                for (index, post) in Self.posts.enumerated() {
                    let id = AssignmentID.sample(7, index + 1)
                    // A step changes what it has read.
                    #expect(try store.assignment(id)?.state == .issued)
                    try Self.step(to: .accepted, id, by: post, in: store)
                }
            }
            return try await file.pool.writeWithoutTransaction(Self.pagesWritten)
        }
    }

    /// How many pages the connection has written since it was asked last.
    private static func pagesWritten(_ db: Database) throws -> Int {
        var (current, highest): (Int32, Int32) = (0, 0)
        let result = sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 1)
        guard result == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
        return Int(current)
    }

    /// Writes what handling a post's message comes to: inbox, page and a line of history.
    private static func step(
        to state: AssignmentState,
        _ id: AssignmentID,
        by post: PostAddress,
        in store: StoreTransaction
    ) throws {
        let cause = messageID("\(id)-\(state.rawValue)")
        #expect(try store.admit(cause, source: post.text, at: at(1_000)))
        try store.apply(
            Decision {
                $0.assignment = Assignment(
                    id: id,
                    post: post,
                    issuer: leader,
                    area: post.code,
                    state: state,
                    issuedAt: at(1_000),
                    updatedAt: at(1_000)
                )
                $0.history = [
                    HistoryEntry(assignment: id, event: .acknowledged, at: at(1_000), actor: post, cause: cause)
                ]
            }
        )
    }

    @Test("What is open is found by its post in every state, whether it was written once or step by step")
    func openness() async throws {
        try await withStateFile { file in
            try await file.write { store in
                var open = 0
                var number = 0
                for before in AssignmentState.allCases {
                    // Each can follow on each here, since the file does not judge.
                    for after in AssignmentState.allCases where after != before {
                        number += 1
                        let id = AssignmentID.sample(7, number)
                        try Self.step(to: before, id, by: leader, in: store)
                        let between = open + (before.isFinal ? 0 : 1)
                        #expect(try Self.countOpen(in: store) == between, "\(before)")
                        try Self.step(to: after, id, by: leader, in: store)
                        open += after.isFinal ? 0 : 1
                        #expect(try Self.countOpen(in: store) == open, "\(before), \(after)")
                    }
                }
                #expect(try store.inbox(of: leader, includeFinal: true, limit: 100).count == number)
            }
        }
    }

    private static func countOpen(in store: StoreTransaction) throws -> Int {
        try store.openAssignments(heldBy: [leader]).first?.count ?? 0
    }

    @Test("A file of the version before knows what is open, and which messages it has seen")
    func migration() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let before = try DatabasePool(path: path)
            try Schema.migrator.migrate(before, upTo: "v14 handover")
            try await before.write { db in
                for (index, state) in AssignmentState.allCases.enumerated() {
                    try db.execute(
                        sql: """
                            INSERT INTO assignment SELECT ?, ?, NULL, '310105002', ?,
                                1, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, NULL, NULL, NULL, 1, NULL, NULL, ?, 0
                            """,
                        arguments: [AssignmentID.sample(7, index + 1).text, leader.text, state.rawValue, index]
                    )
                }
                let parent = AssignmentID.sample(7, 1).text
                try db.execute(sql: "INSERT INTO leg VALUES (?, 1, 'a@1', '1', 'issued', 1)", arguments: [parent])
                try db.execute(sql: "INSERT INTO inbox (source, id, at) VALUES ('a', 'm', 1), ('b', 'm', 2)")
            }
            try before.close()

            let file = try StateFile.open(at: path)
            let open = AssignmentState.allCases.filter { !$0.isFinal }
            let inbox = try await file.read { try $0.inbox(of: leader, includeFinal: true, limit: 100) }
            #expect(inbox.count == AssignmentState.allCases.count)
            #expect(Set(inbox.prefix(open.count).map(\.assignment.state)) == Set(open))
            #expect(try await file.read { try $0.openAssignments(heldBy: [leader]) }.first?.count == open.count)
            for source in ["a", "b"] {
                #expect(try await file.write { try $0.admit(messageID("m"), source: source, at: at(3)) } == false)
            }
            #expect(try await file.write { try $0.forgetInbox(before: at(2), limit: 9) } == 1)
            #expect(try await file.read { try $0.legs(of: .sample(7, 1)) }.count == 1)
            #expect(try await file.read { try $0.integrityFindings() } == [])
            // A leg still needs the page of its issuer.
            await #expect(throws: DatabaseError.self) {
                try await file.pool.write { db in
                    try db.execute(sql: "INSERT INTO leg VALUES ('x', 1, 'a@1', '1', 'issued', 1)")
                }
            }
            try file.close()
        }
    }

    @Test("A program that does not know the column cannot write what contradicts the state")
    func contradiction() async throws {
        try await withStateFile { file in
            try await file.write { try Self.step(to: .issued, .sample(), by: leader, in: $0) }
            await #expect(throws: DatabaseError.self) {
                try await file.pool.write { try $0.execute(sql: "UPDATE assignment SET state = 'completed'") }
            }
            #expect(try await file.read { try $0.assignment(.sample()) }?.state == .issued)
        }
    }
}
