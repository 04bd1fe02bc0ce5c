//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import Foundation
import FoundationNetworking

/// Posts spans to a collector, one request at a time, and says what it answered (OTLP specification, "OTLP/HTTP Response").
///
/// A request every second or so is no reason for another HTTP client than Foundation's.
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

    private let endpoint: OTLPEndpoint
    private let session: URLSession
    private let limit: Duration

    /// Creates a sender.
    ///
    /// - Parameter limit: How long one request may take.
    package init(_ endpoint: OTLPEndpoint, limit: Duration) {
        self.endpoint = endpoint
        self.limit = limit
        // Nothing is kept: no cookies, no answers, no credentials.
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.httpMaximumConnectionsPerHost = 1
        session = URLSession(configuration: configuration, delegate: Strictness(), delegateQueue: nil)
    }

    /// Lets go of connections; nothing can be posted any more.
    package func close() {
        session.invalidateAndCancel()
    }

    /// Posts a document. Ends early, as unavailable, when the task is cancelled.
    package func post(_ document: Data) async -> Answer {
        // Foundation's own limit does not end a request that a server has taken and does not answer (seen with Swift 6.3.1
        // on Linux); cancelling its task does.
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
        var request = URLRequest(url: endpoint.url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = document
        do {
            let (data, response) = try await session.data(for: request)
            guard let response = response as? HTTPURLResponse else {
                return .refused(reason: "its answer is not HTTP")
            }
            return Self.answer(
                status: response.statusCode,
                retryAfter: response.value(forHTTPHeaderField: "Retry-After"),
                body: data
            )
        } catch {
            return .unavailable(reason: Self.reason(error), after: nil)
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

    /// What kept a request from being answered; a description of Foundation's may be long.
    private static func reason(_ error: any Error) -> String {
        switch (error as? URLError)?.code {
        case .timedOut?: "it took too long"
        case .cannotConnectToHost?: "nobody listens there"
        case .cannotFindHost?: "there is no such host"
        case .cancelled?: "the request was given up"
        case .secureConnectionFailed?, .serverCertificateUntrusted?: "its certificate is not trusted on this machine"
        case let code?: "URL error \(code.rawValue)"
        case nil: "\(type(of: error))"
        }
    }
}

/// Ends what Foundation would go on with: a challenge for a password, for which it waits without a limit on Linux (seen with
/// Swift 6.3.1), and redirections, which could lead anywhere.
private final class Strictness: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        completionHandler(.cancelAuthenticationChallenge, nil)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
