//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How many deliveries of each subscription were acknowledged lately, so that none of it is forgotten when a channel closes.
///
/// A channel of RabbitMQ hands a quorum queue so many acknowledgements ahead of the queue's answer (the setting
/// `quorum_commands_soft_limit`), puts the others by until the queue has answered, and forgets them when it is closed before
/// that: of 500 sent just before the close 33 counted, and the rest was delivered again (seen with RabbitMQ 3.10.8).
struct RecentAcknowledgements {
    /// How many a channel hands to a queue before it begins to put them by.
    static let handedAhead = 32
    /// How long an acknowledgement counts as recent at least, and twice as long at most: a queue that has not answered by then
    /// will not answer soon.
    static let period = Duration.seconds(5)

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

    /// The subscriptions of which acknowledgements may have been put by.
    mutating func consumersPutBy(at now: MonotonicTime) -> [Int] {
        turn(now)
        return current.merging(earlier, uniquingKeysWith: +).filter { $0.value > Self.handedAhead }.keys.sorted()
    }

    private mutating func turn(_ now: MonotonicTime) {
        let age = now - start
        if age < Self.period { return }
        earlier = age < Self.period * 2 ? current : [:]
        current = [:]
        start = now
    }
}
