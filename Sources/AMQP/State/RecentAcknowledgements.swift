//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How many deliveries of each subscription were acknowledged a moment ago, so that none of it is forgotten when a channel closes.
///
/// A channel of RabbitMQ hands a quorum queue so many acknowledgements ahead of the queue's answer (the setting
/// `quorum_commands_soft_limit`), puts the others by until the queue has answered, and forgets them when it is closed before
/// that: of 500 sent just before the close 33 counted, and the rest was delivered again (seen with RabbitMQ 3.10.8). The queue
/// answers when its disk has them. Ending the subscriptions would wait for that too, but what is on its way to them then goes
/// back to the queue before what is held, and so out of order.
struct RecentAcknowledgements {
    /// How many a channel hands to a queue before it begins to put them by.
    static let handedAhead = 32
    /// How long a queue is given to answer. An acknowledgement counts as recent for so long at least, and for twice as long at
    /// most.
    static let period = Duration.milliseconds(250)

    private var current: [Int: Int] = [:]
    private var earlier: [Int: Int] = [:]
    private var start = MonotonicTime(nanoseconds: 0)

    /// Adds one acknowledgement.
    ///
    /// - Parameter consumer: The number of the subscription; 0 for what came by none, of which there is nothing to know.
    mutating func add(oneOf consumer: Int, at now: MonotonicTime) {
        if consumer == 0 { return }
        turn(now)
        current[consumer, default: 0] += 1
    }

    /// Whether some of them may be put by.
    mutating func mayBePutBy(at now: MonotonicTime) -> Bool {
        turn(now)
        return current.merging(earlier, uniquingKeysWith: +).contains { $0.value > Self.handedAhead }
    }

    private mutating func turn(_ now: MonotonicTime) {
        let age = now - start
        if age < Self.period { return }
        earlier = age < Self.period * 2 ? current : [:]
        current = [:]
        start = now
    }
}
