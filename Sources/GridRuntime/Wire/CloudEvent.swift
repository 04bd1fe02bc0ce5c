//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

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
        var headers = [
            HeaderName.specVersion: "1.0",
            HeaderName.id: id.text,
            HeaderName.source: source.description,
            HeaderName.type: type,
            HeaderName.time: time.description,
            HeaderName.dataSchema: schemaBase + type.dropFirst("gridwork.".utf8.count) + ".schema.json",
        ]
        headers[HeaderName.subject] = subject?.text
        return headers
    }

    /// Reads the attributes of a message.
    ///
    /// `id` and `type` may stand in the AMQP properties alone; `time` may be missing, since nothing is decided by it.
    init(_ message: StoredMessage) throws(BadMessage) {
        func attribute(_ name: String) -> String? {
            for prefix in HeaderName.prefixes {
                if let value = message.headers[prefix + name] { return value }
            }
            return nil
        }
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

    /// Checks that the subject, where there is one, is the assignment the body is about.
    func check(subject assignment: AssignmentID?) throws(BadMessage) {
        if let subject, subject != assignment?.text {
            throw BadMessage("ce-subject is not the assignment of the body")
        }
    }
}
