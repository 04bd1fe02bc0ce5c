//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server that answers as a test has it: at once, late, wrongly, in part, or never.
final class PushServer: Sendable {
    /// A request that came.
    struct Request: Sendable {
        let uri: String
        let headers: [String: String]
        let body: String
    }

    /// What it does with a request.
    enum Behaviour: Sendable {
        case answer(Int, String = "", headers: [String: String] = [:])
        /// Answers 200 after a time.
        case after(Duration)
        /// Reads the request and says nothing.
        case silence
        /// Promises 100 bytes, sends a few, and closes the connection.
        case cutOff
        /// Sends a byte of its answer now and then.
        case drip
    }

    private struct State {
        var requests: [Request] = []
        var onTheirWay: [String: Int] = [:]
        var most: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let behaviour: @Sendable (Request, _ count: Int) -> Behaviour
    /// The port on the loopback address.
    private let portFound = Atomic(0)

    private init(_ behaviour: @escaping @Sendable (Request, Int) -> Behaviour) {
        self.behaviour = behaviour
    }

    /// Runs a server for the length of `body`.
    ///
    /// - Parameter behaviour: Chooses what is done, by the request and how many came before it.
    static func with<Value>(
        _ behaviour: @escaping @Sendable (Request, _ count: Int) -> Behaviour,
        _ body: (PushServer) async throws -> Value
    ) async throws -> Value {
        let server = PushServer(behaviour)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.portFound.store(channel.localAddress?.port ?? 0, ordering: .releasing)
        return try await finally {
            try await body(server)
        } then: {
            try await channel.close()
        }
    }

    /// An address on the server.
    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(portFound.load(ordering: .acquiring))\(path)" }

    /// The requests that came so far.
    var requests: [Request] { state.withLock(\.requests) }

    /// How many requests to a path were in hand at a time at most.
    func most(of path: String) -> Int { state.withLock { $0.most[path, default: 0] } }

    fileprivate func begin(_ request: Request) -> Behaviour {
        let count = state.withLock { state in
            state.requests.append(request)
            let load = state.onTheirWay[request.uri, default: 0] + 1
            state.onTheirWay[request.uri] = load
            state.most[request.uri] = max(load, state.most[request.uri, default: 0])
            return state.requests.count - 1
        }
        return behaviour(request, count)
    }

    fileprivate func end(_ uri: String) {
        state.withLock { $0.onTheirWay[uri, default: 0] -= 1 }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private let server: PushServer
        private var head: HTTPRequestHead?
        private var body = ""

        init(server: PushServer) {
            self.server = server
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, "")
            case .body(let buffer): body += String(buffer: buffer)
            case .end:
                guard let head else { return }
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                let request = Request(
                    uri: head.uri,
                    headers: Dictionary(headers, uniquingKeysWith: { $1 }),
                    body: body
                )
                answer(request, server.begin(request), on: context.channel)
            }
        }

        private func answer(_ request: Request, _ behaviour: Behaviour, on channel: any Channel) {
            let server = server
            let uri = request.uri
            func send(_ status: Int, _ text: String, length: Int? = nil, headers: [String: String] = [:]) {
                var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
                fields.add(name: "Content-Length", value: "\(length ?? text.utf8.count)")
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: HTTPResponseStatus(statusCode: status),
                    headers: fields
                )
                channel.write(HTTPServerResponsePart.head(head), promise: nil)
                channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))), promise: nil)
            }
            switch behaviour {
            case .answer(let status, let text, let headers):
                server.end(uri)
                send(status, text, headers: headers)
                channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
            case .after(let duration):
                let delay = TimeAmount.milliseconds(Int64(duration / .milliseconds(1)))
                channel.eventLoop.scheduleTask(in: delay) {
                    server.end(uri)
                    let fields = HTTPHeaders([("Content-Length", "0")])
                    let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
                    channel.write(HTTPServerResponsePart.head(head), promise: nil)
                    channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
                }
            case .silence: break
            case .cutOff:
                server.end(uri)
                send(200, "{\"errcode\":", length: 100)
                channel.close(promise: nil)
            case .drip:
                send(200, "{", length: 1_000)
                channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(200)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(
                        HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: " "))),
                        promise: nil
                    )
                }
            }
        }
    }
}
