//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import GridTraces
import InMemoryLogging
import Logging
import Testing

@testable import GridRuntime

@Suite("The spans of what is handled")
struct TraceScopeTests {
    /// A node's handler on a state file, without a broker.
    private struct Desk: Sendable {
        let store: StateFile
        let organization: Organization
        let handler: MessageHandler
        let clock: TestClock
        let tracer: Tracer?
        let log: InMemoryLogHandler

        /// What came of a transaction.
        typealias Result = (outgoing: [StoredMessage], spans: [Span])

        func issue(acceptBy: Deadline? = nil) async throws -> Result {
            let draft = OrderDraft(
                title: "入户检查",
                body: "请逐户检查。",
                module: .publicSafety,
                scope: [Street.code],
                cascade: Cascade(to: "cell-leader"),
                acceptBy: acceptBy
            )
            let command = Command(id: Chain.id("issue"), actor: Street.small.office, body: .issue(draft))
            return try await store.write { store in
                let scope = tracer.map(TraceScope.init)
                return (try handler.perform(command, in: store, trace: scope).outgoing, scope?.spans ?? [])
            }
        }

        func receive(_ messages: [StoredMessage]) async throws -> Result {
            try await store.write { store in
                let scope = tracer.map(TraceScope.init)
                let outgoing = try messages.flatMap { message in
                    try handler.receive(handler.read(message, from: "test"), in: store, trace: scope)
                }
                return (outgoing, scope?.spans ?? [])
            }
        }

        func fire(_ firing: TimerFiring) async throws -> Result {
            try await store.write { store in
                let scope = tracer.map(TraceScope.init)
                return (try handler.fire(firing, in: store, trace: scope), scope?.spans ?? [])
            }
        }

        /// A command as an agent sends it.
        func message(_ verb: CommandVerb, _ id: AssignmentID, as actor: PostAddress) throws -> StoredMessage {
            let mailbox = try #require(organization.mailbox(of: actor))
            let command = Command(id: Chain.id("do:\(verb)"), actor: actor, body: .act(verb, id, ActionBody()))
            return try CommandCodec().encode(command, mailboxPrefix: mailbox.route(of: actor), at: clock.wall.now)
        }
    }

    private func withDesk<Value: Sendable>(
        ratio: Double? = 1,
        _ body: @escaping @Sendable (Desk) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            let organization = try OrganizationFile.organization(from: Street.small.file())
            let clock = TestClock()
            let log = InMemoryLogHandler()
            let desk = Desk(
                store: store,
                organization: organization,
                handler: MessageHandler(
                    organization: organization,
                    clock: clock.wall,
                    logger: Logger(label: "test") { _ in log }
                ),
                clock: clock,
                tracer: try ratio.map { Tracer(try TraceCollector.configuration(port: 1, ratio: $0)) },
                log: log
            )
            return try await finally {
                try await body(desk)
            } then: {
                try store.close()
            }
        }
    }

    private static func header(_ message: StoredMessage) -> TraceContext? {
        message.headers["traceparent"].flatMap(TraceContext.init)
    }

    @Test("The same order makes the same identifiers wherever it is handled, and a repetition makes no span")
    func derived() async throws {
        let made = try await (0..<2).asyncMap { _ in
            try await withDesk { desk in
                let issued = try await desk.issue()
                let arrived = try await desk.receive(issued.outgoing)
                let again = try await desk.receive(issued.outgoing)
                #expect(issued.spans.count == 1 && arrived.spans.count == issued.outgoing.count)
                #expect(again.spans.isEmpty && again.outgoing.isEmpty)
                return (issued.spans + arrived.spans).map { [$0.context.description, $0.parent?.description ?? ""] }
            }
        }
        #expect(made[0] == made[1])
    }

    @Test("Where nobody traces no header is made, and one that comes in is handed on as it came")
    func off() async throws {
        try await withDesk(ratio: nil) { desk in
            let issued = try await desk.issue()
            #expect(issued.outgoing.allSatisfy { $0.headers["traceparent"] == nil } && issued.spans.isEmpty)
            var message = try #require(issued.outgoing.first)
            message.headers["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            let leg = try #require(message.headers["ce-subject"].flatMap(AssignmentID.init))
            _ = try await desk.receive([message])
            var command = try desk.message(.acknowledge, leg, as: Street.small.cellLeader(1))
            command.headers["traceparent"] = message.headers["traceparent"]
            let reported = try await desk.receive([command])
            #expect(reported.outgoing.map { $0.headers["traceparent"] } == [message.headers["traceparent"]])
        }
    }

    @Test("An order that is not chosen leaves no span, and every message says that it is not")
    func notSampled() async throws {
        try await withDesk(ratio: 0) { desk in
            let issued = try await desk.issue()
            let arrived = try await desk.receive(issued.outgoing)
            let leg = try #require(issued.outgoing.first?.headers["ce-subject"].flatMap(AssignmentID.init))
            let reported = try await desk.receive([desk.message(.acknowledge, leg, as: Street.small.cellLeader(1))])
            #expect((issued.spans + arrived.spans + reported.spans).isEmpty)
            #expect(!reported.outgoing.isEmpty)
            for message in issued.outgoing + arrived.outgoing + reported.outgoing {
                #expect(Self.header(message)?.isSampled == false)
            }
        }
    }

    @Test("A timer fires in the trace of its order, under the span in which its assignment arrived")
    func timer() async throws {
        try await withDesk { desk in
            let issued = try await desk.issue(acceptBy: .after(milliseconds: 1_000))
            let arrived = try await desk.receive(issued.outgoing)
            desk.clock.advance(milliseconds: 2_000)
            let due = try await desk.store.read { try $0.dueTimers(now: desk.clock.wall.now, limit: 100) }
            let firing = try #require(due.first { $0.kind == .acceptExpired && !$0.assignment.isRoot })
            let fired = try await desk.fire(firing)
            let span = try #require(fired.spans.first)
            #expect(span.name == "timer acceptExpired" && span.kind == .internal)
            #expect(span.context.traceID == issued.spans.first?.context.traceID)
            let arrival = arrived.spans.first {
                $0.attributes.contains(.init("cloudevents.event_subject", firing.assignment.text))
            }
            #expect(span.parent == arrival?.context.spanID && span.parent != nil)
            #expect(!fired.outgoing.isEmpty && fired.outgoing.allSatisfy { Self.header($0) == span.context })
        }
    }

    @Test("An agent's trace is linked to and not followed, and a refusal tells its reason")
    func agent() async throws {
        try await withDesk { desk in
            let issued = try await desk.issue()
            let arrived = try await desk.receive(issued.outgoing)
            let leg = try #require(issued.outgoing.first?.headers["ce-subject"].flatMap(AssignmentID.init))
            let own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            var command = try desk.message(.signOff, leg, as: Street.small.cellLeader(1))
            command.headers["traceparent"] = own
            let refused = try await desk.receive([command])
            let span = try #require(refused.spans.first)
            #expect(span.name == "process cell.{cell}.cell-leader" && span.kind == .consumer && !span.hasFailed)
            #expect(span.context.traceID == issued.spans.first?.context.traceID)
            #expect(span.parent == arrived.spans.first?.context.spanID)
            #expect(span.links.map(\.description) == [own])
            #expect(span.attributes.contains(.init("gridwork.outcome", "refused")))
            #expect(span.attributes.contains { $0.key == "gridwork.refusal" })
            #expect(refused.outgoing.map(Self.header) == [span.context])
        }
    }

    @Test("Mail that cannot be read has failed, and the log says of which trace it is")
    func failed() async throws {
        try await withDesk { desk in
            let issued = try await desk.issue()
            var unreadable = try #require(issued.outgoing.first)
            unreadable.body = Array("{}".utf8)
            var stranger = unreadable
            stranger.messageID = "unreadable without a trace"
            stranger.headers["traceparent"] = "00-x"
            let result = try await desk.receive([unreadable, stranger])
            #expect(result.outgoing.map(\.exchange) == [ExchangeName.dead, ExchangeName.dead])
            let span = try #require(result.spans.first)
            #expect(result.spans.count == 1 && span.hasFailed)
            #expect(span.parent == issued.spans.first?.context.spanID)
            #expect(span.attributes.contains(.init("error.type", "bad-message")))
            let lines = desk.log.entries.map(\.metadata)
            #expect(lines.map { $0["trace_id"] } == ["\(span.context.traceID)", nil])
            #expect(lines.map { $0["span_id"] } == [span.parent.map { "\($0)" }, nil])
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
