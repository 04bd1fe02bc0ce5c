//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridStore
import Logging
import Testing

@testable import GridRuntime

@Suite("The quarantine of messages over which processes crash")
struct QuarantineTests {
    private static func candidate(_ id: String, isRedelivered: Bool = true) throws -> Quarantine.Candidate {
        var properties = AMQPProperties()
        properties.messageID = id
        let delivery = AMQPDelivery(
            queue: "mailbox",
            deliveryTag: 1,
            isRedelivered: isRedelivered,
            routingKey: "key",
            properties: properties
        )
        let handler = MessageHandler(
            organization: try OrganizationFile.organization(from: Street.small.file()),
            clock: TestClock().wall,
            logger: Logger(label: "test")
        )
        return Quarantine.Candidate(delivery, nodeUser: "guest", with: handler)
    }

    private static func withStore(_ body: @escaping @Sendable (StateFile) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            try await finally {
                try await body(store)
            } then: {
                try store.close()
            }
        }
    }

    /// The quarantine of the process `owner`.
    private static func quarantine(_ owner: String, _ store: StateFile) -> Quarantine {
        Quarantine(store: store, owner: owner, clock: TestClock().wall)
    }

    private static func names(_ candidates: [Quarantine.Candidate]) -> [String] {
        candidates.map(\.message.messageID)
    }

    @Test("Writes nothing for messages that come for the first time")
    func firstTime() async throws {
        try await Self.withStore { store in
            let before = try await store.dataVersion()
            let other = try StateFile.open(at: store.path)
            let plan = try await Self.quarantine("a", other).plan([Self.candidate("m", isRedelivered: false)])
            #expect(Self.names(plan.together) == ["m"] && plan.together.first?.key == nil && plan.alone.isEmpty)
            #expect(try await store.dataVersion() == before)
            try other.close()
        }
    }

    @Test("Reads a message that comes again only once its attempt is written")
    func readsLate() throws {
        #expect(try Self.candidate("m", isRedelivered: true).incoming == nil)
        #expect(try Self.candidate("m", isRedelivered: false).incoming != nil)
    }

    @Test("Handles alone what another process began and never ended, and sets it aside the third time")
    func suspicion() async throws {
        try await Self.withStore { store in
            let batch = try [Self.candidate("m"), Self.candidate("new", isRedelivered: false)]
            let first = try await Self.quarantine("a", store).plan(batch)
            #expect(Self.names(first.together) == ["m", "new"] && first.alone.isEmpty)
            for (crashes, owner) in [(1, "b"), (2, "c")] {
                let quarantine = Self.quarantine(owner, store)
                let plan = try await quarantine.plan(batch)
                #expect(Self.names(plan.together) == ["new"] && Self.names(plan.alone) == ["m"])
                let suspect = try #require(plan.alone.first)
                #expect(suspect.attempts == crashes && !suspect.isSetAside)
                // Only now: those behind it in the queue are not blamed for what it does.
                try await quarantine.begin(suspect)
            }
            let last = try await Self.quarantine("d", store).plan(batch)
            #expect(Self.names(last.together) == ["m", "new"] && last.alone.isEmpty)
            #expect(last.together.map(\.isSetAside) == [true, false])
            #expect(last.together.first?.attempts == Quarantine.limit)
        }
    }

    @Test("Does not suspect a message because this process lost its connection or its transaction over it")
    func sameProcess() async throws {
        try await Self.withStore { store in
            for _ in 0..<10 {
                let plan = try await Self.quarantine("a", store).plan([Self.candidate("m")])
                #expect(Self.names(plan.together) == ["m"] && plan.alone.isEmpty)
                #expect(plan.together.first?.isSetAside == false)
            }
        }
    }

    @Test("Does not blame a suspect twice that it had no time to begin")
    func notBegun() async throws {
        try await Self.withStore { store in
            _ = try await Self.quarantine("a", store).plan([Self.candidate("m")])
            for owner in ["b", "c", "d", "e"] {
                let plan = try await Self.quarantine(owner, store).plan([Self.candidate("m")])
                #expect(plan.alone.map(\.attempts) == [1])
            }
        }
    }
}
