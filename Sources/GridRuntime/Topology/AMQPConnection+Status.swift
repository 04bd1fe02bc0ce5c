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
    /// Asked for many at once. The broker closes the channel at the first that is missing; then those that were asked for with
    /// it are asked for alone.
    package func statuses(of queues: [String]) async throws -> [String: AMQPQueueStatus] {
        let askedAtOnce = 100
        var found: [String: AMQPQueueStatus] = [:]
        for start in stride(from: 0, to: queues.count, by: askedAtOnce) {
            let some = Array(queues[start..<min(queues.count, start + askedAtOnce)])
            do {
                for status in try await withChannel({ try await $0.statuses(ofQueues: some) }) {
                    found[status.name] = status
                }
            } catch let error as AMQPError where error.replyCode == 404 {
                for queue in some { found[queue] = try await status(of: queue) }
            }
        }
        return found
    }
}
