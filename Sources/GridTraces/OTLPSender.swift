//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1

/// Posts spans to a collector, one request at a time, and says what it answered (OTLP specification, "OTLP/HTTP Response").
///
/// By AsyncHTTPClient: Foundation's client on Linux ends no request that a server has taken and does not answer, whatever its
/// limit, and keeps about 150 bytes of every request for good (both seen with Swift 6.3.1): 400 MB in a month of a request
/// every second.
package struct OTLPSender: Sendable {
    /// What a collector made of a request.
    package enum Answer: Sendable, Equatable {
        /// It took them, but for so many.
        case accepted(rejected: Int)
        /// It may take them later; after that time where it says so.
        case unavailable(reason: String, after: Duration?)
        /// It never takes them.
        case refused(reason: String)
    }

    /// The longest time that a collector may ask for before it is tried again.
    static let longestPause = Duration.seconds(60)

    /// The most of an answer that is read: a count and a sentence.
    private static let longestAnswer = 65_536

    private let endpoint: OTLPEndpoint
    private let client: HTTPClient
    private let limit: Duration

    /// Creates a sender, which has to be closed.
    ///
    /// - Parameter limit: How long one request may take.
    package init(_ endpoint: OTLPEndpoint, limit: Duration) {
        self.endpoint = endpoint
        self.limit = limit
        // A redirection could lead anywhere.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        // The exporter tries again itself, later each time, and says what is wrong.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Lets go of connections; nothing can be posted any more.
    package func close() async {
        // It fails where it was done before, and then there is nothing left to do.
        do { try await client.shutdown() } catch { return }
    }

    /// Posts a document. Ends early, as unavailable, when the task is cancelled.
    package func post(_ document: Data) async -> Answer {
        await withTaskGroup(of: Answer.self) { group in
            group.addTask { await send(document) }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return .unavailable(reason: "given up", after: nil) }
                return .unavailable(reason: "it took longer than \(limit)", after: nil)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unavailable(reason: "given up", after: nil)
        }
    }

    private func send(_ document: Data) async -> Answer {
        var request = HTTPClientRequest(url: endpoint.description)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: document))
        do {
            let response = try await client.execute(request, deadline: .now() + .seconds(3_600))
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return Self.answer(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "Retry-After"),
                body: Data(body.readableBytesView)
            )
        } catch {
            return .unavailable(reason: "\(error)".prefix(200).description, after: nil)
        }
    }

    /// What an answer of HTTP means.
    package static func answer(status: Int, retryAfter: String?, body: Data) -> Answer {
        switch status {
        case 200..<300:
            return .accepted(rejected: rejected(body))
        case 429, 502, 503, 504:
            // The form with a date is rare, and then the sender's own pause does.
            let seconds = retryAfter.flatMap { Int($0) }.map { Duration.seconds(max(0, $0)) }
            return .unavailable(reason: "it answers \(status)", after: seconds.map { min($0, longestPause) })
        default:
            return .refused(reason: "it answers \(status)")
        }
    }

    /// How many spans were not taken, by `ExportTracePartialSuccess`; none where the answer does not say.
    private static func rejected(_ body: Data) -> Int {
        struct Body: Decodable {
            struct Partial: Decodable {
                let rejectedSpans: Count?
            }
            let partialSuccess: Partial?
        }
        /// A number of 64 bits: a text, and from some a number.
        struct Count: Decodable {
            let value: Int
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    value = Int(text) ?? 0
                } else {
                    value = try container.decode(Int.self)
                }
            }
        }
        let answer = try? JSONDecoder().decode(Body.self, from: body)
        return max(0, answer?.partialSuccess?.rejectedSpans?.value ?? 0)
    }
}
