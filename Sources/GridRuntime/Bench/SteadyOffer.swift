//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP

/// Publishes messages at a steady rate, whatever becomes of those before: what is slow does not slow down what it is
/// measured with.
struct SteadyOffer: Sendable {
    /// How often it looks what is due.
    static let tick = Duration.milliseconds(2)
    /// How many publishes may wait for their confirms.
    static let mostPending = 200

    /// Messages a second.
    let rate: Int

    /// Publishes all messages in turn, and notes when each was sent.
    ///
    /// - Throws: ``BenchFailure`` when the broker does not confirm one.
    func run(_ messages: [AMQPMessage], over channel: AMQPChannel, noting sheet: LatencySheet) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (done, pending) = (0, 0)
            while done < messages.count {
                let due = min(messages.count, Int((ContinuousClock.now - start) / .seconds(1) * Double(rate)) + 1)
                if due > done {
                    let batch = Array(messages[done..<due])
                    sheet.send(done..<due)
                    group.addTask {
                        for outcome in await channel.publish(batch, timeout: .seconds(60)) {
                            guard case .confirmed = outcome else {
                                throw BenchFailure("a message was not taken: \(outcome)")
                            }
                        }
                    }
                    (done, pending) = (due, pending + 1)
                }
                if pending >= Self.mostPending {
                    try await group.next()
                    pending -= 1
                }
                try await Task.sleep(for: Self.tick)
            }
            try await group.waitForAll()
        }
    }
}
