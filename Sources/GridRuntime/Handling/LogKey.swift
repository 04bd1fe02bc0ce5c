//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Keys of log metadata. Values are codes, names of queues, counts and reasons; never a message's body or a name.
enum LogKey {
    static let address = "amqp.address"
    static let queue = "queue.name"
    static let reason = "reason"
    static let count = "count"
    static let before = "count.before"
    static let owner = "outbox.owner"
    static let version = "organization.version"
    static let seconds = "seconds"
    static let collector = "collector.address"
    static let spans = "spans.dropped"
    /// As OpenTelemetry calls them in logs of other formats than its own.
    static let traceID = "trace_id"
    static let spanID = "span_id"
}
