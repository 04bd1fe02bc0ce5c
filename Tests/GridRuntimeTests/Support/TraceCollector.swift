//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridRuntime
import GridTraces
import HTTPTypes
import Hummingbird
import InMemoryLogging
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Takes traces as a collector does, over a socket of its own; or does not, as a test wants it.
final class TraceCollector: Sendable {
    /// What it does with a request.
    enum Behaviour: Sendable {
        case accepts
        case answers(Int)
        /// Never answers.
        case stalls
    }

    /// A span as it arrived.
    struct Span: Decodable, Sendable {
        struct Attribute: Decodable, Sendable {
            struct Value: Decodable, Sendable {
                let stringValue: String
            }

            let key: String
            let value: Value
        }

        struct Link: Decodable, Sendable {
            let traceId: String
            let spanId: String
        }

        struct Status: Decodable, Sendable {
            let code: Int
        }

        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let links: [Link]?
        let status: Status?

        subscript(key: String) -> String? { attributes.first { $0.key == key }?.value.stringValue }
    }

    private struct Export: Decodable {
        struct ResourceSpans: Decodable {
            let scopeSpans: [ScopeSpans]
        }

        struct ScopeSpans: Decodable {
            let spans: [Span]
        }

        let resourceSpans: [ResourceSpans]
    }

    private struct State {
        var behaviour: Behaviour
        var spans: [Span] = []
        var bodies: [Data] = []
        var requests = 0
    }

    private let state: Mutex<State>
    private let stopping = StopFlag()
    let port: Int

    private init(_ behaviour: Behaviour, port: Int) {
        state = Mutex(State(behaviour: behaviour))
        self.port = port
    }

    /// What it took.
    var spans: [Span] { state.withLock(\.spans) }
    /// The requests it took, as they came.
    var bodies: [Data] { state.withLock(\.bodies) }
    /// How many requests there were, whatever became of them.
    var requests: Int { state.withLock(\.requests) }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// How a process tells it of its traces, impatiently.
    func configuration(ratio: Double = 1, capacity: Int = SpanBuffer.standardCapacity) throws -> TraceConfiguration {
        try Self.configuration(port: port, ratio: ratio, capacity: capacity)
    }

    /// The same for a port where nobody may listen.
    static func configuration(
        port: Int,
        ratio: Double = 1,
        capacity: Int = SpanBuffer.standardCapacity
    ) throws -> TraceConfiguration {
        TraceConfiguration(
            endpoint: try OTLPEndpoint("http://127.0.0.1:\(port)"),
            ratio: ratio,
            version: "test",
            capacity: capacity,
            requestLimit: .seconds(5),
            linger: .milliseconds(20)
        )
    }

    /// Runs a collector for the length of `body`.
    static func with<Value: Sendable>(
        _ behaviour: Behaviour = .accepts,
        _ body: @escaping @Sendable (TraceCollector) async throws -> Value
    ) async throws -> Value {
        let (running, isRunning) = AsyncStream.makeStream(of: Int.self)
        let collector = Mutex<TraceCollector?>(nil)
        let router = Router()
        router.post("/v1/traces") { request, _ -> Response in
            let bytes = try await request.body.collect(upTo: 16 * 1_024 * 1_024)
            guard let collector = collector.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
            return try await collector.answer(Data(bytes.readableBytesView))
        }
        let logger = Logger(label: "collector") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { isRunning.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            defer { tasks.cancelAll() }
            var ports = running.makeAsyncIterator()
            let made = TraceCollector(behaviour, port: await ports.next() ?? 0)
            collector.withLock { $0 = made }
            return try await finally {
                try await body(made)
            } then: {
                made.stopping.set()
            }
        }
    }

    private func answer(_ body: Data) async throws -> Response {
        let behaviour = state.withLock { state in
            state.requests += 1
            return state.behaviour
        }
        switch behaviour {
        case .accepts:
            let export = try JSONDecoder().decode(Export.self, from: body)
            state.withLock { state in
                state.spans += export.resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
                state.bodies.append(body)
            }
            return Response(status: .ok)
        case .answers(let status): return Response(status: HTTPResponse.Status(code: status))
        case .stalls:
            await stopping.wait()
            return Response(status: .serviceUnavailable)
        }
    }
}
