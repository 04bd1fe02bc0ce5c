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
}
