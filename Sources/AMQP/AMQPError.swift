//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Tells why an operation of this library failed.
///
/// ``description`` holds no message body, header or password and is safe to log. ``cause`` is left out of it, since what
/// another library writes about an error is not ours to vouch for; `String(reflecting:)` has everything.
public struct AMQPError: Error, Sendable {
    /// Names the kind of failure, so that callers can tell kinds apart without reading text.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case invalidURL, connectFailed, authenticationFailed, tlsFailed, connectionClosed, heartbeatTimeout
            case channelClosed, operationTimedOut, connectionBlocked, consumerCancelled, invalidArgument
            case protocolViolation, closed
        }

        private let base: Base

        /// The connection URL cannot be read.
        public static let invalidURL = Code(base: .invalidURL)
        /// No connection could be made: nobody answers at the address, or the handshake was cut short.
        public static let connectFailed = Code(base: .connectFailed)
        /// The broker knows the user or the password otherwise.
        public static let authenticationFailed = Code(base: .authenticationFailed)
        /// The certificates of one side do not satisfy the other.
        public static let tlsFailed = Code(base: .tlsFailed)
        /// The broker closed the connection, or the connection broke.
        public static let connectionClosed = Code(base: .connectionClosed)
        /// Nothing was heard from the broker for two heartbeat intervals.
        public static let heartbeatTimeout = Code(base: .heartbeatTimeout)
        /// The broker closed the channel; the connection lives on.
        public static let channelClosed = Code(base: .channelClosed)
        /// The answer did not come within its time.
        public static let operationTimedOut = Code(base: .operationTimedOut)
        /// The broker accepts no messages for now, because it is short of memory or disk.
        public static let connectionBlocked = Code(base: .connectionBlocked)
        /// The broker ended a subscription, most often because its queue was deleted.
        public static let consumerCancelled = Code(base: .consumerCancelled)
        /// An argument can never be accepted, for instance a name of more than 255 bytes.
        public static let invalidArgument = Code(base: .invalidArgument)
        /// The peer sent what the protocol does not allow.
        public static let protocolViolation = Code(base: .protocolViolation)
        /// The connection, channel or consumer had been closed by its owner.
        public static let closed = Code(base: .closed)

        /// The name of the code, for logs.
        public var description: String { base.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, in a sentence without payload or secrets.
    public let message: String
    /// The broker's reply code where the broker gave one, for instance 404 (AMQP 0-9-1, section 1.2).
    public let replyCode: UInt16?
    /// The broker's own words where it gave any.
    public let replyText: String?
    /// The error that led to this one, if there was one.
    public let cause: (any Error)?
    /// Where in the source the error was made.
    public let file: StaticString
    /// The line in ``file``.
    public let line: UInt

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: A sentence that is safe to log.
    ///   - replyCode: The broker's reply code, if it gave one.
    ///   - replyText: The broker's words, if it gave any.
    ///   - cause: The error that led to this one.
    ///   - file: Filled in by the compiler.
    ///   - line: Filled in by the compiler.
    public init(
        _ code: Code,
        _ message: String,
        replyCode: UInt16? = nil,
        replyText: String? = nil,
        cause: (any Error)? = nil,
        file: StaticString = #fileID,
        line: UInt = #line
    ) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
        self.replyText = replyText
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// Whether doing the same again on a new connection may succeed.
    ///
    /// What only a change of configuration can cure is not retriable: credentials, certificates, permissions (403), an
    /// unknown virtual host (530) and what the broker does not implement (540). A missing queue (404) or an unmet
    /// precondition (406) is, since whoever starts over declares the topology again and since a broker gives 406 for a
    /// consumer that was slow to acknowledge.
    public var isRetriable: Bool {
        switch code {
        case .invalidURL, .authenticationFailed, .tlsFailed, .invalidArgument, .closed:
            return false
        case .connectionClosed, .channelClosed, .connectFailed:
            switch replyCode {
            case 403, 501, 502, 503, 530, 540: return false
            default: return true
            }
        default:
            return true
        }
    }

    /// Whether a queue may have been deleted with what was in it: its subscription ended, it is missing (404), or the broker's
    /// channel fell over it (541). RabbitMQ tells the consumers of a quorum queue under deletion by the first; one of its
    /// channels that uses the queue in that moment crashes instead, and takes the connection along (seen with 3.10.8).
    public var mayMeanDeletedQueue: Bool {
        code == .consumerCancelled || replyCode == 404 || replyCode == 541
    }

    /// Whether the broker does not let this user in, or not do this in this virtual host, for now. One whose virtual host
    /// is being deleted first loses its permissions there (403).
    var isRefusal: Bool {
        switch code {
        case .authenticationFailed, .tlsFailed: true
        case .connectFailed, .connectionClosed, .channelClosed: replyCode == 403 || replyCode == 530
        default: false
        }
    }
}

extension AMQPError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The code, the message and the broker's words; safe to log.
    public var description: String {
        var text = "\(code): \(message)"
        if let replyCode {
            text += " (\(replyCode)\(replyText.map { " " + $0 } ?? ""))"
        }
        return text
    }

    /// Everything known about the error, with its cause and its origin.
    public var debugDescription: String {
        var text = "AMQPError(\(description), at \(file):\(line)"
        if let cause {
            text += ", cause: \(String(reflecting: cause))"
        }
        return text + ")"
    }
}
