//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a policy makes of what was measured, before bounds and damping.
struct AutoscaleDemand: Hashable, Sendable {
    /// What may be measured, for one that is aimed at, before anything changes, as in Kubernetes.
    private static let tolerated = (1 - 0.1)...(1 + 0.1)

    /// How many workers there should be; nil when that cannot be told, and all stays as it is.
    var workers: Int?
    /// Whether a mailbox without a worker should have one.
    var isActive: Bool
    /// What was measured, in words.
    var reason: String

    /// Asks a policy.
    ///
    /// - Parameter current: How many workers there are.
    init(of policy: AutoscalePolicy, _ sample: AutoscaleSample, current: Int) {
        if policy.mode == .deadlineSlack {
            self.init(slackOf: policy, sample, current: current)
        } else {
            self.init(metricOf: policy, sample, current: current)
        }
    }

    private init(metricOf policy: AutoscalePolicy, _ sample: AutoscaleSample, current: Int) {
        let (metric, isActive, words) = Self.measure(policy, sample)
        self.isActive = isActive
        workers = metric.map { Self.workers($0, policy, current: current) }
        let value = Self.text(policy.value)
        reason = words + (policy.metricType == .value ? ", aimed at \(value)" : ", \(value) for each worker")
    }

    /// What the mode measures, when a mailbox without a worker gets one, and both in words.
    private static func measure(
        _ policy: AutoscalePolicy,
        _ sample: AutoscaleSample
    ) -> (metric: Double?, isActive: Bool, words: String) {
        let (messages, activation) = (Double(sample.messages), policy.activationValue)
        let (arrived, handled) = (sample.arrivedPerSecond, sample.handledPerSecond)
        switch policy.mode {
        case .queueLength:
            return (messages, messages > activation, "\(sample.messages) messages wait")
        case .messageRate:
            let isActive = (arrived ?? 0) > activation || messages > activation
            return (arrived, isActive, "\(text(arrived ?? 0)) messages a second come")
        case .deliverGetRate:
            return (handled, handled > activation, "\(text(handled)) messages a second are handled")
        case .publishedToDeliveredRatio:
            guard let arrived else { return (nil, false, "it is not known yet how many messages come") }
            // Nothing that comes is handled: there is no ratio, but something to do.
            if arrived > 0, handled == 0 { return (activation, true, "messages come and none is handled") }
            let ratio = handled > 0 ? arrived / handled : 0
            return (ratio, ratio > activation, "\(text(ratio)) messages come for each that is handled")
        case .expectedQueueConsumptionTime:
            if sample.messages == 0 { return (0, false, "nothing waits") }
            guard let seconds = sample.secondsToCatchUp else {
                return (activation, true, "\(sample.messages) messages wait and none is handled")
            }
            let growth = arrived.map { ($0 - handled) / handled } ?? 0
            let expected = max(0, growth + seconds)
            return (expected, expected > activation, "what waits takes \(text(expected)) s as fast as it goes now")
        case .oldestMessageAge:
            if sample.messages == 0 { return (0, false, "nothing waits") }
            guard let age = sample.oldestSeconds else {
                return (activation, true, "\(sample.messages) messages wait, nobody knows for how long")
            }
            return (age, age > activation, "the oldest message was sent \(text(age)) s ago")
        case .deadlineSlack:
            preconditionFailure("The slack is reckoned elsewhere")
        }
    }

    /// So many workers that all that waits is handled in the time that is left before the next deadline, with the wanted
    /// seconds to spare, or with half of the time where less is left than twice those.
    private init(slackOf policy: AutoscalePolicy, _ sample: AutoscaleSample, current: Int) {
        isActive = Double(sample.messages) > policy.activationValue
        guard sample.messages > 0 else {
            (workers, reason) = (0, "nothing waits")
            return
        }
        guard let seconds = sample.secondsToCatchUp else {
            reason = "\(sample.messages) messages wait and none is handled"
            return
        }
        guard let deadlines = sample.deadlines else {
            (workers, reason) = (0, "\(sample.messages) messages wait, and no deadline is ahead")
            return
        }
        let left = max(0.001, deadlines.secondsLeft)
        let late =
            switch deadlines.late {
            case 0: "nothing will be late"
            case 1: "1 assignment will be late"
            default: "\(deadlines.late) assignments will be late"
            }
        reason =
            "what waits takes \(Self.text(seconds)) s as fast as it goes now, the next deadline is in "
            + "\(Self.text(left)) s: \(late); \(Self.text(policy.value)) s are to be spare"
        workers = Self.inProportion(seconds / max(left - policy.value, left / 2), current)
    }

    // MARK: Reckoning

    private static func workers(_ metric: Double, _ policy: AutoscalePolicy, current: Int) -> Int {
        // As whole thousandths, so that what divides evenly does.
        let (metric, value) = (thousandths(metric), max(1, thousandths(policy.value)))
        let ratio = Double(metric) / Double(value)
        if policy.metricType == .value { return inProportion(ratio, current) }
        if current > 0, tolerated.contains(ratio / Double(current)) { return current }
        let (quotient, remainder) = metric.quotientAndRemainder(dividingBy: value)
        return Int(min(quotient, 1_000_000)) + (remainder > 0 ? 1 : 0)
    }

    private static func inProportion(_ ratio: Double, _ current: Int) -> Int {
        let current = max(1, current)
        if tolerated.contains(ratio) { return current }
        // Rounded a little first: 3 times a third is one.
        return Int(min(1_000_000, ((ratio * Double(current) * 1_000_000).rounded() / 1_000_000).rounded(.up)))
    }

    private static func thousandths(_ value: Double) -> Int64 { Int64(min(max(0, value), 1e12) * 1_000) }

    /// A number with one place after the point, where it has any.
    static func text(_ value: Double) -> String {
        let tenths = Int64((min(max(0, value), 1e12) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
