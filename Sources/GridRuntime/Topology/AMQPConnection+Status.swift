//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP

extension AMQPConnection {
    /// The status of a queue; nil when there is none. Asked on a channel of its own, since the broker closes that of
    /// whoever asks for one that is not there.
    package func status(of queue: String) async throws -> AMQPQueueStatus? {
        do {
            return try await withChannel { try await $0.status(ofQueue: queue) }
        } catch let error as AMQPError where error.replyCode == 404 {
            return nil
        }
    }

    /// The status of each of many queues; those that are not there are left out.
    ///
    /// Asked for all at once. The broker closes the channel at the first that is missing, so that halves are asked for then.
    package func statuses(of queues: [String]) async throws -> [String: AMQPQueueStatus] {
        do {
            let found = try await withChannel { try await $0.statuses(ofQueues: queues) }
            return Dictionary(zip(queues, found), uniquingKeysWith: { first, _ in first })
        } catch let error as AMQPError where error.replyCode == 404 {
            guard queues.count > 1 else { return [:] }
            let middle = queues.count / 2
            let first = try await statuses(of: Array(queues[..<middle]))
            return first.merging(try await statuses(of: Array(queues[middle...]))) { first, _ in first }
        }
    }
}
