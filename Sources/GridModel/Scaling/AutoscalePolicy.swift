//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How many workers a mailbox has is reckoned from what is measured of it: an operator's policy.
///
/// The names of the modes, the values and what follows from them are those of KEDA's scaler for RabbitMQ and of the
/// horizontal autoscaler of Kubernetes that it drives, so that the same numbers mean the same there.
package struct AutoscalePolicy: Hashable, Sendable, Codable {
    /// What is measured.
    package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
        /// How many messages wait at the broker or are held by processes.
        case queueLength = "QueueLength"
        /// How many messages come in a second.
        case messageRate = "MessageRate"
        /// How many messages are handled in a second.
        case deliverGetRate = "DeliverGetRate"
        /// How many messages come for each one that is handled.
        case publishedToDeliveredRatio = "PublishedToDeliveredRatio"
        /// How many seconds it takes to handle all that waits, as fast as it goes now.
        case expectedQueueConsumptionTime = "ExpectedQueueConsumptionTime"
        /// How many seconds ago what comes first now was sent. Not one of KEDA's.
        case oldestMessageAge = "OldestMessageAge"
        /// How many seconds are to spare between the time when all that waits is handled, as fast as it goes now, and the
        /// next deadline of an assignment that the mailbox's posts hold. Not one of KEDA's.
        case deadlineSlack = "DeadlineSlack"
    }

    /// What the value is to be compared with.
    package enum MetricType: String, Hashable, Sendable, Codable, CaseIterable {
        /// What is measured, divided by the workers: the value is a worker's part.
        case averageValue = "AverageValue"
        /// What is measured, as it is: the workers grow in proportion.
        case value = "Value"
    }

    /// What values can be.
    package static let valueRange = 0.001...1_000_000_000

    /// What is measured.
    package var mode: Mode
    /// The value that is aimed at, in `valueRange`; for `deadlineSlack` the seconds that are to be spare.
    package var value: Double
    /// The value above which a mailbox without a worker gets one; only used where `minimum` is 0.
    package var activationValue: Double
    /// What the value is compared with; `deadlineSlack` always works in proportion.
    package var metricType: MetricType
    /// The fewest workers, from 0.
    package var minimum: Int
    /// The most workers, at least 1 and not below `minimum`.
    package var maximum: Int
    /// How many messages each of them may hold; nil for what a process allots by itself.
    package var prefetch: Int?

    /// Creates a policy.
    package init(
        _ mode: Mode,
        value: Double,
        activationValue: Double = 0,
        metricType: MetricType = .averageValue,
        minimum: Int = 1,
        maximum: Int = 8,
        prefetch: Int? = nil
    ) {
        self.mode = mode
        self.value = value
        self.activationValue = activationValue
        self.metricType = metricType
        self.minimum = minimum
        self.maximum = maximum
        self.prefetch = prefetch
    }

    /// What is wrong with it, in a sentence; nil when it holds.
    package var problem: String? {
        let most = MailboxScale.workerRange.upperBound
        if !Self.valueRange.contains(value) { return "the value is from 0.001 to 1000000000" }
        if !(0...Self.valueRange.upperBound).contains(activationValue) {
            return "the activation value is from 0 to 1000000000"
        }
        if !(1...most).contains(maximum) { return "the maximum is from 1 to \(most)" }
        if !(0...maximum).contains(minimum) { return "the minimum is from 0 to the maximum" }
        if let prefetch, !MailboxScale.prefetchRange.contains(prefetch) { return "the prefetch is from 1 to 1000" }
        return nil
    }

    /// The fewest workers of a mailbox that has any.
    var fewest: Int { max(1, minimum) }

    /// A number of workers, brought within the bounds; nil, before anything was measured, is the fewest that serve.
    package func bounded(_ workers: Int?) -> Int {
        guard let workers else { return fewest }
        return min(max(workers, minimum), maximum)
    }
}
