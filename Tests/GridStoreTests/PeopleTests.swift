//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Testing

@testable import GridModel
@testable import GridStore

/// People, what they are recognised by, and the keys of their commands.
@Suite struct PeopleTests {
    private static let posts = ["cell-leader@310105002015001", "office@310105002"].compactMap { PostAddress($0) }

    @Test("A file of the first version gets the people's tables and keeps what it has")
    func migration() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            let old = try DatabasePool(path: path, configuration: configuration)
            try Schema.migrator.migrate(old, upTo: "v1 pages, inbox, outbox, timers")
            try await old.write { db in
                try db.execute(sql: "INSERT INTO inbox (source, id, at) VALUES ('a', 'm', 1)")
            }
            try old.close()
            let file = try StateFile.open(at: path)
            #expect(try await file.write { try $0.addPerson(named: "a", posts: [], at: at(1)) } != nil)
            #expect(try await file.read { try $0.inboxCount() } == 1)
            try file.close()
        }
    }

    @Test("A person has a name of her own and the posts she was given, and nobody ever gets her number")
    func people() async throws {
        try await withStateFile { file in
            let n = try await file.write { try $0.addPerson(named: "li.mei", posts: Self.posts.reversed(), at: at(1)) }
            #expect(try await file.write { try $0.addPerson(named: "li.mei", posts: [], at: at(2)) } == nil)
            let person = try await file.read { try $0.person(named: "li.mei") }
            #expect(person?.posts == Self.posts.sorted())
            #expect(person?.n == n && person?.hasPassword == false && person?.isDisabled == false)
            #expect(try await file.read { try $0.person(named: "li") } == nil)
            try await file.write { try $0.setPosts([], of: #require(n)) }
            #expect(try await file.read { try $0.people() }.first?.posts == [])
        }
    }

    @Test(
        "Names that sign in are short, lower-case ASCII",
        arguments: ["a", "li.mei", "0_-", String(repeating: "a", count: 64)]
    )
    func goodNames(name: String) {
        #expect(Person.isName(name))
    }

    @Test(
        "Other names do not",
        arguments: ["", "A", "李梅", ".a", "-a", "a b", "a@b", "a\n", String(repeating: "a", count: 65)]
    )
    func badNames(name: String) {
        #expect(!Person.isName(name))
    }

    @Test("A session lets in until its end; those that are over are forgotten, and beyond a number the oldest")
    func sessions() async throws {
        try await withStateFile { file in
            try await file.write { store in
                let n = try #require(try store.addPerson(named: "a", posts: [], at: at(0)))
                for number in 1...5 {
                    try store.addSession(
                        hash: [UInt8(number)],
                        of: n,
                        expiresAt: at(100),
                        limit: 3,
                        at: at(Int64(number))
                    )
                }
                let alive = try (1...5).filter { try store.person(ofSession: [UInt8($0)], at: at(10)) != nil }
                #expect(alive == [3, 4, 5])
                #expect(try store.person(ofSession: [5], at: at(100)) == nil)
                try store.addSession(hash: [9], of: n, expiresAt: at(300), limit: 3, at: at(200))
                #expect(try store.connection.number("SELECT count(*) FROM session", []) == 1)
                try store.endSession([9])
                #expect(try store.person(ofSession: [9], at: at(201)) == nil)
            }
        }
    }

    @Test("Disabling ends sessions for good and tokens until the person is enabled again")
    func disabling() async throws {
        try await withStateFile { file in
            try await file.write { store in
                let n = try #require(try store.addPerson(named: "a", posts: [], at: at(0)))
                try store.addSession(hash: [1], of: n, expiresAt: at(100), limit: 3, at: at(1))
                let token = try store.addToken(hash: [2], label: "x", of: n, expiresAt: nil, at: at(1))
                try store.setDisabled(true, of: n)
                #expect(try store.person(ofToken: [2], at: at(2)) == nil)
                try store.setDisabled(false, of: n)
                #expect(try store.person(ofSession: [1], at: at(2)) == nil)
                #expect(try store.person(ofToken: [2], at: at(2)) != nil)
                #expect(try store.revokeToken(token, at: at(3)))
                #expect(try store.person(ofToken: [2], at: at(4)) == nil)
                #expect(try store.tokens(of: "a").first?.revokedAt == at(3))
            }
        }
    }

    @Test("What became of a command is kept under its person and key, and old keys are forgotten")
    func keys() async throws {
        try await withStateFile { file in
            try await file.write { store in
                let n = try #require(try store.addPerson(named: "a", posts: [], at: at(0)))
                let refused = IdempotencyRecord(
                    fingerprint: [1, 2],
                    assignment: .sample(),
                    refusal: Refusal(.wrongState, "not now")
                )
                try store.saveIdempotencyRecord(refused, of: n, key: "k", at: at(5), forgettingBefore: at(0))
                #expect(try store.idempotencyRecord(of: n, key: "k") == refused)
                #expect(try store.idempotencyRecord(of: n + 1, key: "k") == nil)
                let done = IdempotencyRecord(fingerprint: [3], assignment: nil, refusal: nil)
                try store.saveIdempotencyRecord(done, of: n, key: "l", at: at(9), forgettingBefore: at(6))
                #expect(try store.idempotencyRecord(of: n, key: "k") == nil)
                #expect(try store.idempotencyRecord(of: n, key: "l") == done)
            }
        }
    }
}
