//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Follows the history of the file and sends what concerns somebody as server-sent events (WHATWG HTML, 9.2).
///
/// An event's id is the number of its line of history, which no process gives twice, so a client that comes back with
/// `Last-Event-ID` misses nothing and gets nothing twice. The state file wakes the stream, whichever process committed.
/// Each look asks anew who the caller is: a session that ended, a token that was revoked or a post that was taken away
/// ends the stream.
struct EventStream: Sendable {
    /// Looks at the history after a number; nil when the caller may look no more.
    typealias Look = @Sendable (Access, StoreReader, Int64) throws -> HistoryStretch?

    /// How many lines one look goes over at most.
    static let stride = 5_000
    /// How long nothing is sent before a comment shows both sides that the other is there.
    static let silence = Duration.seconds(15)
    /// How long a stream lasts; its client comes back by itself.
    static let lifetime = Duration.seconds(3_600)

    let services: APIServices
    let credential: Caller.Credential
    let look: Look

    /// The parameter that says after which line to begin.
    static let after = "after"

    /// Begins a stream: behind the last event that came, or behind the line that `after` names, or now.
    ///
    /// A browser sends no header with its first request, so a page that was written as of a line says so in the address:
    /// what happens until the stream begins is in it.
    func response(to request: Request, person: Int64) async throws -> Response {
        let query = try Query(request, allowing: [Self.after])
        let named = try query.value(Self.after, "the id of an event", Self.line)
        guard services.streams.hasRoom(for: person) else {
            throw Problem.tooMany("too many streams of events are open; close some", wait: .seconds(30))
        }
        let start: Int64
        if let last = request.headers[.lastEventID] {
            guard let n = Self.line(last) else {
                throw Problem.badRequest("Last-Event-ID: give the id of the last event that came")
            }
            start = n
        } else if let named {
            start = named
        } else {
            start = try await services.store.read { try $0.newestHistoryLine() }
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .accelBuffering: "no"],
            body: .init { writer in
                // Whoever came in between may have taken the place; the client comes back.
                guard services.streams.enter(person) else { return try await writer.finish(nil) }
                defer { services.streams.leave(person) }
                let changes = try services.store.changes()
                let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                try await withGracefulShutdownHandler {
                    try await request.body.consumeWithInboundCloseHandler { _ in
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            defer { group.cancelAll() }
                            group.addTask {
                                for await _ in changes { ringer.yield() }
                                ringer.finish()
                            }
                            group.addTask {
                                while true {
                                    try await Task.sleep(for: Self.silence)
                                    ringer.yield()
                                }
                            }
                            try await send(after: start, whenever: bell, to: &writer)
                        }
                    } onInboundClosed: {
                        ringer.finish()
                    }
                } onGracefulShutdown: {
                    ringer.finish()
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func line(_ text: String) -> Int64? { Int64(text).flatMap { $0 >= 0 ? $0 : nil } }

    /// Sends what there is and then what comes, until the bell is gone, the time is over or the caller is no more.
    private func send(
        after start: Int64,
        whenever bell: AsyncStream<Void>,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        let end = ContinuousClock.now + Self.lifetime
        var sentAt = ContinuousClock.now
        var n = start
        try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
        var rings = bell.makeAsyncIterator()
        repeat {
            while true {
                let after = n
                guard let stretch = try await next(after: after) else { return }
                n = stretch.end
                if !stretch.lines.isEmpty {
                    try await writer.write(ByteBuffer(string: try stretch.lines.map(Self.text).joined()))
                    sentAt = .now
                }
                if n < after + Int64(Self.stride) { break }
            }
            if .now - sentAt >= Self.silence {
                try await writer.write(ByteBuffer(string: ":\n\n"))
                sentAt = .now
            }
        } while await rings.next() != nil && .now < end
    }

    private func next(after n: Int64) async throws -> HistoryStretch? {
        let (look, credential, callers) = (look, credential, services.callers)
        return try await services.store.read { store in
            guard let caller = try callers.caller(credential, in: store) else { return nil }
            return try look(caller.access, store, n)
        }
    }

    private struct Event: Encodable {
        let assignment: AssignmentID
        let post: PostAddress?
        let event: HistoryEntry.Event
        let at: Instant
        let actor: PostAddress?
        let leg: AssignmentID?
    }

    /// An event as the wire has it. What somebody wrote is not in it: who may read it, asks.
    private static func text(_ line: HistoryStretch.Line) throws -> String {
        let event = Event(
            assignment: line.line.assignment,
            post: line.post,
            event: line.line.event,
            at: line.line.at,
            actor: line.line.actor,
            leg: line.line.leg
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = String(decoding: try encoder.encode(event), as: UTF8.self)
        return "id: \(line.line.n)\nevent: \(line.line.event.rawValue)\ndata: \(data)\n\n"
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name.known("Last-Event-ID")
    /// Keeps nginx from holding events back.
    fileprivate static let accelBuffering = HTTPField.Name.known("X-Accel-Buffering")
}
