//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// Writes mail as messages and reads it back.
package struct MailCodec: Sendable {
    private let coder = BodyCoder()

    /// Creates a codec.
    package init() {}

    /// Writes a mail as the message that goes to its target's mailbox.
    ///
    /// - Parameter traceParent: The W3C trace context of the cause, handed on.
    /// - Throws: `BadMessage` when the target's post has no mailbox in the organization.
    package func encode(
        _ mail: Mail,
        in organization: Organization,
        traceParent: String? = nil
    ) throws -> StoredMessage {
        let event = mail.body.event
        guard let routingKey = organization.routingKey(of: mail.target, event: event.rawValue) else {
            throw BadMessage("\(mail.target) has no mailbox in this organization")
        }
        var headers = CloudEvent.headers(
            id: mail.id,
            source: mail.source,
            type: event.type,
            time: mail.time,
            subject: mail.assignment
        )
        headers[HeaderName.traceParent] = traceParent
        return StoredMessage(
            exchange: ExchangeName.mail,
            routingKey: routingKey,
            messageID: mail.id.text,
            headers: headers,
            type: event.type,
            correlationID: mail.assignment?.order.text,
            body: try encode(mail.body, about: mail.assignment)
        )
    }

    private func encode(_ body: MailBody, about assignment: AssignmentID?) throws -> [UInt8] {
        switch body {
        case .issued(let body): try coder.encode(body, about: assignment)
        case .acknowledged(let body), .progressed(let body), .submitted(let body), .completed(let body),
            .returned(let body), .resumed(let body), .takenOver(let body):
            try body.files == nil
                ? coder.encode(body, about: assignment)
                : coder.encode(AddressedBody(assignment: assignment, body: body))
        case .escalated(let body): try coder.encode(body, about: assignment)
        case .escalationAnswered(let body): try coder.encode(body, about: assignment)
        case .escalationWithdrawn(let body), .signedOff(let body), .reworkRequested(let body):
            coder.encode(body, about: assignment)
        case .recalled(let body), .offered(let body): try coder.encode(body, about: assignment)
        case .urged(let body): try coder.encode(body, about: assignment)
        case .refused(let body): try coder.encode(body, about: assignment)
        }
    }

    /// Reads the mail in a message that came off a mailbox.
    package func decode(
        _ message: StoredMessage,
        in organization: Organization
    ) throws(BadMessage) -> Mail {
        let event = try CloudEvent(message)
        guard let kind = MailEvent(type: event.type) else { throw BadMessage("the type \(event.type) is unknown") }
        guard let (target, word) = organization.post(ofRoutingKey: message.routingKey) else {
            throw BadMessage("the routing key names no post of this organization")
        }
        guard word == kind.rawValue else { throw BadMessage("the routing key's last word is not \(kind.rawValue)") }
        let (body, assignment) = try decodeBody(kind, message.body)
        guard assignment != nil || kind == .refused else { throw BadMessage("/assignment is missing") }
        try event.check(subject: assignment)
        return Mail(
            id: event.id,
            source: event.source,
            target: target,
            assignment: assignment,
            time: event.time,
            body: body
        )
    }

    private func decodeBody(
        _ kind: MailEvent,
        _ bytes: [UInt8]
    ) throws(BadMessage) -> (MailBody, AssignmentID?) {
        func read<Body: Codable & Sendable>(
            _ make: (Body) -> MailBody
        ) throws(BadMessage) -> (MailBody, AssignmentID?) {
            let value = try coder.decode(AddressedBody<Body>.self, from: bytes)
            return (make(value.body), value.assignment)
        }
        func read<Body: FlatBody>(
            _ make: (Body) -> MailBody
        ) throws(BadMessage) -> (MailBody, AssignmentID?) {
            let value = try coder.decode(
                AddressedBody<Body>.self,
                from: bytes,
                readAs: coder.flatObject(bytes)
            )
            return (make(value.body), value.assignment)
        }
        return switch kind {
        case .issued: try read(MailBody.issued)
        case .acknowledged: try read(MailBody.acknowledged)
        case .progressed: try read(MailBody.progressed)
        case .submitted: try read(MailBody.submitted)
        case .completed: try read(MailBody.completed)
        case .returned: try read(MailBody.returned)
        case .resumed: try read(MailBody.resumed)
        case .takenOver: try read(MailBody.takenOver)
        case .escalated: try read(MailBody.escalated)
        case .escalationAnswered: try read(MailBody.escalationAnswered)
        case .escalationWithdrawn: try read(MailBody.escalationWithdrawn)
        case .signedOff: try read(MailBody.signedOff)
        case .reworkRequested: try read(MailBody.reworkRequested)
        case .recalled: try read(MailBody.recalled)
        case .urged: try read(MailBody.urged)
        case .offered: try read(MailBody.offered)
        case .refused: try read(MailBody.refused)
        }
    }
}
