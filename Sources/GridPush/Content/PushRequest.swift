//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore

/// A request that carries a message; nothing has been sent yet.
struct PushRequest: Sendable {
    var url: String
    var method = "POST"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
}

/// Writes the requests.
struct PushRequestWriter: Sendable {
    let texts: PushText
    let gateway: SMSGateway?

    /// There is no gateway for short messages.
    struct NoGateway: Error {}

    /// The request of a message.
    ///
    /// - Throws: `NoGateway`.
    func request(for message: PushMessage, at now: Instant) throws -> PushRequest {
        switch message.channel.kind {
        case .wecom: try robot(message)
        case .webhook: try webhook(message, at: now)
        case .sms: try sms(message)
        }
    }

    private func robot(_ message: PushMessage) throws -> PushRequest {
        struct Body: Encodable {
            struct Text: Encodable {
                let content: String
            }
            let msgtype = "text"
            let text: Text

            private enum CodingKeys: String, CodingKey { case msgtype, text }
        }
        return PushRequest(
            url: message.channel.address,
            headers: [("Content-Type", "application/json")],
            body: try Self.json(Body(text: .init(content: texts.text(of: message))))
        )
    }

    private func webhook(_ message: PushMessage, at now: Instant) throws -> PushRequest {
        let body = try Self.json(WebhookBody(message, texts: texts, at: now))
        let seconds = now.milliseconds / 1_000
        let signature = WebhookSignature.text(id: message.id, timestamp: seconds, body, key: message.channel.secret)
        return PushRequest(
            url: message.channel.address,
            headers: [
                ("Content-Type", "application/json"), ("webhook-id", message.id), ("webhook-timestamp", "\(seconds)"),
                ("webhook-signature", signature),
            ],
            body: body
        )
    }

    private func sms(_ message: PushMessage) throws -> PushRequest {
        guard let gateway else { throw NoGateway() }
        return gateway.request(to: message.channel.address, texts.text(of: message))
    }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}

/// What programs are sent; `schemas/push.schema.json` describes it.
struct WebhookBody: Encodable {
    struct Notice: Encodable {
        let kind: PushKind
        let assignment: AssignmentID
        let order: OrderID
        let post: PostAddress
        let at: Instant
        let dueAt: Instant?
        let urgent: Bool
        let title: String?
        let link: String?
    }

    struct Notices: Encodable {
        let notices: [Notice]
    }

    let type = "gridwork.push.v1"
    let timestamp: Instant
    let data: Notices

    private enum CodingKeys: String, CodingKey { case type, timestamp, data }

    init(_ message: PushMessage, texts: PushText, at now: Instant) {
        timestamp = now
        data = Notices(
            notices: message.pushes.map { push in
                Notice(
                    kind: push.notice.kind,
                    assignment: push.notice.assignment,
                    order: push.notice.assignment.order,
                    post: push.notice.post,
                    at: push.at,
                    dueAt: push.notice.dueAt,
                    urgent: push.notice.isUrgent,
                    title: message.titles[push.notice.assignment],
                    link: texts.link(to: push)
                )
            }
        )
    }
}
