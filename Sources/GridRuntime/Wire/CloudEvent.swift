//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import GridTraces

/// The CloudEvents attributes of a message.
struct CloudEvent {
    let id: MessageID
    let source: PostAddress
    let type: String
    let time: Instant
    let subject: String?

    /// Where the schemas are addressed; the files are in `schemas/messages`.
    static let schemaBase = "https://gridwork.example/schemas/messages/"

    /// The headers of a message that Gridwork sends.
    static func headers(
        id: MessageID,
        source: PostAddress,
        type: String,
        time: Instant,
        subject: AssignmentID?
    ) -> [String: String] {
        let word = type.utf8.index(type.startIndex, offsetBy: "gridwork.".utf8.count)
        // With room for what the codecs add: a dictionary that grows is copied.
        var headers = [String: String](minimumCapacity: 10)
        headers[HeaderName.specVersion] = "1.0"
        headers[HeaderName.id] = id.text
        headers[HeaderName.source] = source.text
        headers[HeaderName.type] = type
        headers[HeaderName.time] = time.description
        headers[HeaderName.dataSchema] = schemaBase + type[word...] + ".schema.json"
        headers[HeaderName.subject] = subject?.text
        return headers
    }

    /// Reads the attributes of a message.
    ///
    /// `id` and `type` may stand in the AMQP properties alone; `time` may be missing, since nothing is decided by it.
    init(_ message: StoredMessage) throws(BadMessage) {
        func attribute(_ name: String) -> String? { Self.attribute(name, of: message) }
        if let version = attribute("specversion"), !version.hasPrefix("1.") {
            throw BadMessage("ce-specversion is \(version.prefix(20)); 1.0 is understood")
        }
        guard let text = attribute("id") ?? (message.messageID.isEmpty ? nil : message.messageID),
            let id = MessageID(text)
        else { throw BadMessage("ce-id is missing, too long, or not printable ASCII without spaces") }
        guard let sender = attribute("source"), let source = PostAddress(sender) else {
            throw BadMessage("ce-source is missing or not written role@code")
        }
        guard let type = attribute("type") ?? (message.type.isEmpty ? nil : message.type), type.utf8.count <= 100 else {
            throw BadMessage("ce-type is missing or too long")
        }
        let time = attribute("time")
        guard let instant = time.map(Instant.init(rfc3339:)) ?? Instant(milliseconds: 0) else {
            throw BadMessage("ce-time is not RFC 3339")
        }
        self.id = id
        self.source = source
        self.type = type
        self.time = instant
        self.subject = attribute("subject")
    }

    /// An attribute's value under whichever prefix it stands; nil when it is not there.
    static func attribute(_ name: String, of message: StoredMessage) -> String? {
        for prefix in HeaderName.prefixes {
            if let value = message.headers[prefix + name] { return value }
        }
        return nil
    }

    /// The trace context of a message, to be handed on to what it causes; nil when there is none, or none of the form of
    /// W3C Trace Context: whatever else stands there must not be multiplied by a cascade.
    static func traceContext(of message: StoredMessage) -> TraceContext? {
        message.headers[HeaderName.traceParent].flatMap(TraceContext.init)
    }

    /// Checks that the subject, where there is one, is the assignment the body is about.
    func check(subject assignment: AssignmentID?) throws(BadMessage) {
        if let subject, subject != assignment?.text {
            throw BadMessage("ce-subject is not the assignment of the body")
        }
    }
}
