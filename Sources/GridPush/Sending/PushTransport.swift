//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AsyncHTTPClient
import GridRuntime
import NIOCore
import NIOHTTP1

/// Sends requests, each within a limit of time, and reads no more of the answer than it needs.
struct PushTransport: Sendable {
    /// How long an attempt may take, the answer's body included. Below a node's limit for stopping, so that what is on its
    /// way is finished.
    static let limit = Duration.seconds(10)
    /// How much of an answer is read, in bytes.
    static let maximumBody = 65_536

    /// What kept a request from being answered, in a word.
    struct Failure: Error {
        let word: String
    }

    private let client: HTTPClient

    /// Runs `body` with a transport whose connections are closed afterwards.
    ///
    /// - Parameter connections: How many connections to one host there are at most.
    static func with<Value: Sendable>(
        connections: Int,
        _ body: (PushTransport) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)),
            decompression: .disabled
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.connectionPool.idleTimeout = .seconds(30)
        // An attempt that could not connect is one of the push's own; the next one waits longer.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(PushTransport(client: client)))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    /// Sends a request.
    ///
    /// - Throws: `Failure`.
    func send(_ request: PushRequest) async throws(Failure) -> PushAnswer {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "gridwork")
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            return try await answer(to: outgoing)
        } catch let error as Failure {
            throw error
        } catch let error as HTTPClientError {
            throw Failure(word: Self.word(for: error))
        } catch {
            // A host without an address, a connection that breaks, a certificate that does not hold: what the system
            // says of it may repeat the address.
            throw Failure(word: "connection")
        }
    }

    /// The answer, or a failure when the limit is over first, however busily the receiver drips its bytes.
    private func answer(to request: HTTPClientRequest) async throws -> PushAnswer {
        try await withThrowingTaskGroup(of: PushAnswer.self) { group in
            group.addTask {
                let response = try await client.execute(request, timeout: .seconds(Self.limit.components.seconds))
                var body: [UInt8] = []
                for try await part in response.body {
                    body += part.readableBytesView.prefix(Self.maximumBody - body.count)
                    if body.count >= Self.maximumBody { break }
                }
                return PushAnswer(
                    status: Int(response.status.code),
                    retryAfter: response.headers.first(name: "Retry-After").flatMap { Int64($0) },
                    body: body
                )
            }
            group.addTask {
                try await Task.sleep(for: Self.limit)
                throw Failure(word: "timeout")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private static func word(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout: "timeout"
        case .invalidURL, .emptyHost, .emptyScheme: "bad-address"
        default: "connection"
        }
    }
}
