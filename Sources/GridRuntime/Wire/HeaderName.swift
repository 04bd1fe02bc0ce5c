//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Names of message headers: CloudEvents 1.0 in the binary form of Knative's RabbitMQ binding, and Gridwork's own.
enum HeaderName {
    static let specVersion = "ce-specversion"
    static let id = "ce-id"
    static let source = "ce-source"
    static let type = "ce-type"
    static let subject = "ce-subject"
    static let time = "ce-time"
    static let dataSchema = "ce-dataschema"
    /// W3C Trace Context, carried from cause to effect.
    static let traceParent = "traceparent"

    /// The RabbitMQ user who sent a command, written by the node that takes it off its mailbox, where it is not the node's
    /// own: empty where the sender named none. Whatever a sender writes here is overwritten.
    static let user = "gridwork-user"

    /// What the broker routes by in addition to the routing key, without asking whether the sender may.
    static let furtherRoutes: Set<String> = ["CC", "BCC"]

    /// Why a message is dead, a problem of RFC 9457; and where it was going.
    static let deadProblem = "gridwork-dead-problem"
    static let deadAt = "gridwork-dead-at"
    static let deadExchange = "gridwork-dead-exchange"
    static let deadRoutingKey = "gridwork-dead-routing-key"
    static let deadQueue = "gridwork-dead-queue"

    /// What the broker writes on a message that it dead-letters: where it had been published, where it lay, and why.
    static let firstDeathExchange = "x-first-death-exchange"
    static let firstDeathQueue = "x-first-death-queue"
    static let firstDeathReason = "x-first-death-reason"

    /// The prefixes under which CloudEvents attributes are read. Only the first is written: the CloudEvents AMQP
    /// binding uses the other two, but forbids mixing them.
    static let prefixes = ["ce-", "cloudEvents:", "cloudEvents_"]

    /// Whether a header is one of those a dead letter was given on its way to `gridwork.dead`.
    static func isDeadLetterMark(_ name: String) -> Bool {
        name.hasPrefix("gridwork-dead-") || name.hasPrefix("x-death") || name.hasPrefix("x-first-death")
            || name.hasPrefix("x-last-death") || name == "x-delivery-count"
    }
}
