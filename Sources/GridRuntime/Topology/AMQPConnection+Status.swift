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

    /// The status of each of many queues; those that are not there are left out. One channel serves for all, but for those
    /// after one that is missing.
    package func statuses(of queues: [String]) async throws -> [String: AMQPQueueStatus] {
        var found: [String: AMQPQueueStatus] = [:]
        var next = 0
        while next < queues.count {
            (found, next) = try await withChannel { [found, next] channel in
                var (found, next) = (found, next)
                while next < queues.count {
                    defer { next += 1 }
                    do {
                        found[queues[next]] = try await channel.status(ofQueue: queues[next])
                    } catch let error as AMQPError where error.replyCode == 404 {
                        // The broker has closed the channel.
                        return (found, next + 1)
                    }
                }
                return (found, next)
            }
        }
        return found
    }
}
