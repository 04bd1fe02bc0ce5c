//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Logging
import Testing

/// Commands of people, and the terms they are given on. No broker is needed.
@Suite struct LocalDeskTests {
    @Test("A command is carried out only on the revision it was decided on")
    func revisions() async throws {
        try await withDesk { desk, root, _ in
            await #expect(throws: LocalDesk.Changed.self) {
                try await desk.perform(Self.recall(root, "a"), on: CommandTerms(revisions: [7]))
            }
            _ = try await desk.perform(Self.recall(root, "b"), on: CommandTerms(revisions: [0, 7]))
            await #expect(throws: LocalDesk.Changed.self) {
                try await desk.perform(Self.recall(root, "c"), on: CommandTerms(revisions: [0]))
            }
        }
    }

    @Test("A repetition under a key gets what the first got, a refusal as well, and another command is told apart")
    func keys() async throws {
        try await withDesk { desk, root, person in
            func terms(_ key: String, _ fingerprint: UInt8) -> CommandTerms {
                CommandTerms(key: .init(person: person, text: key, fingerprint: [fingerprint]))
            }
            guard case .done = try await desk.perform(Self.recall(root, "a"), on: terms("k", 1)) else {
                Issue.record("it was not carried out")
                return
            }
            guard case .repeated(root) = try await desk.perform(Self.recall(root, "a"), on: terms("k", 1)) else {
                Issue.record("it was not taken for a repetition")
                return
            }
            await #expect(throws: LocalDesk.KeyReused.self) {
                try await desk.perform(Self.recall(root, "a"), on: terms("k", 2))
            }
            for _ in 1...2 {
                await #expect(throws: Refusal.self) {
                    try await desk.perform(Self.recall(root, "r"), on: terms("refused", 3))
                }
            }
        }
    }

    @Test("A person who asks too early is told at once what state stands in the way")
    func tooEarly() async throws {
        try await withDesk { desk, root, _ in
            let signOff = Command(
                id: try #require(MessageID("s")),
                actor: Street.small.office,
                body: .act(.signOff, root.leg(1), ActionBody())
            )
            let refusal = await #expect(throws: Refusal.self) { try await desk.perform(signOff) }
            #expect(refusal?.reason == .wrongState)
            #expect(refusal?.detail == "cannot signOff \(root.leg(1)) while it is issued")
        }
    }

    private static func recall(_ root: AssignmentID, _ id: String) throws -> Command {
        Command(
            id: try #require(MessageID(id)),
            actor: Street.small.office,
            body: .act(.recall, root, ActionBody(note: "x"))
        )
    }

    /// Runs a test with a desk over a new file, an order issued there, and somebody's number.
    private func withDesk(_ body: (LocalDesk, AssignmentID, Int64) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state")
            let file = try Street.small.file()
            let person = try await store.write { store in
                _ = try store.saveOrganization(file, at: WallClock.system.now)
                return try store.addPerson(named: "a", posts: [], at: WallClock.system.now)
            }
            let desk = LocalDesk(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let draft = OrderDraft(
                title: "t",
                body: "b",
                module: .services,
                scope: [Street.code],
                cascade: Cascade(to: "cell-leader")
            )
            let issue = Command(id: try #require(MessageID("i")), actor: Street.small.office, body: .issue(draft))
            let root = try #require(try await desk.perform(issue)?.assignment?.id)
            try await body(desk, root, try #require(person))
            try store.close()
        }
    }
}
