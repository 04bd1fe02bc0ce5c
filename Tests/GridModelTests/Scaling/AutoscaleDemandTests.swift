//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("What a policy makes of what was measured")
struct AutoscaleDemandTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var policy: AutoscalePolicy
        var sample: AutoscaleSample
        var current = 1
        var workers: Int?
        var isActive = true

        var testDescription: String { "\(policy.mode.rawValue) \(policy.value), \(sample), \(current) workers" }
    }

    private static func lengths(_ messages: Int) -> AutoscaleSample { AutoscaleSample(messages: messages) }

    private static func rates(_ messages: Int, _ arrived: Double?, _ handled: Double) -> AutoscaleSample {
        AutoscaleSample(messages: messages, arrivedPerSecond: arrived, handledPerSecond: handled)
    }

    static let averages = [
        // A worker's part is 20: so many are needed that none has more, rounded up.
        Case(policy: .init(.queueLength, value: 20), sample: lengths(0), workers: 0, isActive: false),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(1), current: 3, workers: 1),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(100), workers: 5),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(101), workers: 6),
        Case(
            policy: .init(.queueLength, value: 20, activationValue: 5),
            sample: lengths(5),
            workers: 1,
            isActive: false
        ),
        Case(policy: .init(.queueLength, value: 20, activationValue: 5), sample: lengths(6), workers: 1),
        // A tenth from the aim changes nothing; a little more does.
        Case(policy: .init(.queueLength, value: 20), sample: lengths(220), current: 10, workers: 10),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(221), current: 10, workers: 12),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(180), current: 10, workers: 10),
        Case(policy: .init(.queueLength, value: 20), sample: lengths(179), current: 10, workers: 9),
        // What divides evenly in thousandths is not one too many for want of binary digits.
        Case(policy: .init(.messageRate, value: 0.1), sample: rates(0, 1.1, 0), workers: 11),
        Case(policy: .init(.messageRate, value: 2), sample: rates(3, 0, 0), workers: 0),
        Case(policy: .init(.messageRate, value: 2), sample: rates(0, nil, 0), workers: nil, isActive: false),
        Case(policy: .init(.deliverGetRate, value: 2), sample: rates(9, 0, 5), workers: 3),
        Case(policy: .init(.deliverGetRate, value: 2), sample: rates(9, 9, 0), workers: 0, isActive: false),
        Case(policy: .init(.publishedToDeliveredRatio, value: 1), sample: rates(0, 6, 2), workers: 3),
        Case(policy: .init(.publishedToDeliveredRatio, value: 1), sample: rates(0, 0, 2), workers: 0, isActive: false),
        // Nothing is handled: as much as activates, and it is active.
        Case(
            policy: .init(.publishedToDeliveredRatio, value: 1, activationValue: 2),
            sample: rates(0, 6, 0),
            workers: 2
        ),
        // (10 - 5) / 5 more than 100 / 5 seconds.
        Case(policy: .init(.expectedQueueConsumptionTime, value: 7), sample: rates(100, 10, 5), workers: 3),
        Case(
            policy: .init(.expectedQueueConsumptionTime, value: 7),
            sample: rates(0, 0, 0),
            workers: 0,
            isActive: false
        ),
        Case(
            policy: .init(.expectedQueueConsumptionTime, value: 7, activationValue: 14),
            sample: rates(100, 10, 0),
            workers: 2
        ),
    ]

    static let proportions = [
        Case(
            policy: .init(.queueLength, value: 20, metricType: .value),
            sample: lengths(60),
            current: 2,
            workers: 6
        ),
        Case(policy: .init(.queueLength, value: 20, metricType: .value), sample: lengths(22), current: 7, workers: 7),
        Case(policy: .init(.queueLength, value: 20, metricType: .value), sample: lengths(15), current: 4, workers: 3),
        Case(
            policy: .init(.oldestMessageAge, value: 30, metricType: .value),
            sample: AutoscaleSample(messages: 9, oldestSeconds: 90),
            current: 2,
            workers: 6
        ),
    ]

    static let ours = [
        Case(
            policy: .init(.oldestMessageAge, value: 30),
            sample: AutoscaleSample(messages: 9, oldestSeconds: 90),
            workers: 3
        ),
        Case(policy: .init(.oldestMessageAge, value: 30), sample: lengths(0), workers: 0, isActive: false),
        // Nobody serves it, so nobody knows how old the oldest is.
        Case(policy: .init(.oldestMessageAge, value: 30), sample: lengths(4), workers: 0),
        // 300 messages at 5 a second are a minute; 50 s are left, 20 of them to spare: two times as fast.
        Case(policy: .init(.deadlineSlack, value: 20), sample: slack(300, 5, left: 50), current: 2, workers: 4),
        // 25 s are left, and half of that may be used: 60 / 12.5 times as fast.
        Case(policy: .init(.deadlineSlack, value: 20), sample: slack(300, 5, left: 25), current: 1, workers: 5),
        // A deadline that is near is no reason for more when what waits is handled in a moment.
        Case(policy: .init(.deadlineSlack, value: 600), sample: slack(2, 5, left: 25), current: 2, workers: 1),
        Case(policy: .init(.deadlineSlack, value: 20), sample: rates(300, 0, 0), current: 3, workers: nil),
        Case(policy: .init(.deadlineSlack, value: 20), sample: rates(300, 0, 5), current: 3, workers: 0),
        Case(policy: .init(.deadlineSlack, value: 20), sample: lengths(0), workers: 0, isActive: false),
    ]

    private static func slack(_ messages: Int, _ handled: Double, left: Double) -> AutoscaleSample {
        var sample = rates(messages, nil, handled)
        sample.deadlines = .init(secondsLeft: left, late: 3)
        return sample
    }

    @Test("As KEDA and Kubernetes reckon it, and ours beside them", arguments: averages + proportions + ours)
    func demands(_ each: Case) {
        let demand = AutoscaleDemand(of: each.policy, each.sample, current: each.current)
        #expect(demand.workers == each.workers)
        #expect(demand.isActive == each.isActive)
    }

    @Test("It says in words what was measured")
    func words() {
        let length = AutoscaleDemand(of: .init(.queueLength, value: 20), Self.lengths(75), current: 1)
        #expect(length.reason == "75 messages wait, 20 for each worker")
        let sample = Self.slack(300, 5, left: 50)
        let slack = AutoscaleDemand(of: .init(.deadlineSlack, value: 20), sample, current: 1)
        #expect(
            slack.reason == "what waits takes 60 s as fast as it goes now, the next deadline is in 50 s: "
                + "3 assignments will be late; 20 s are to be spare"
        )
        #expect(AutoscaleDemand.text(0.049) == "0" && AutoscaleDemand.text(2.46) == "2.5")
        #expect(AutoscaleDemand.text(.infinity) == "1000000000000")
    }

    @Test("What was measured can be any number", arguments: AutoscalePolicy.Mode.allCases)
    func extremes(_ mode: AutoscalePolicy.Mode) {
        let numbers: [Double] = [0, 0.000_1, 1, 1e300, .infinity]
        for value in [0.001, 1, 1e9] {
            for messages in [0, 1, Int.max] {
                for (arrived, handled) in numbers.flatMap({ one in numbers.map { (one, $0) } }) {
                    var sample = Self.rates(messages, arrived, handled)
                    sample.oldestSeconds = arrived
                    sample.deadlines = .init(secondsLeft: arrived, late: 1)
                    for type in AutoscalePolicy.MetricType.allCases {
                        let policy = AutoscalePolicy(mode, value: value, metricType: type)
                        #expect(AutoscaleDemand(of: policy, sample, current: 64).workers ?? 0 >= 0)
                    }
                }
            }
        }
    }

    @Test("A policy that cannot be followed says what is wrong with it")
    func problems() {
        #expect(AutoscalePolicy(.queueLength, value: 20, minimum: 0, maximum: 64, prefetch: 1).problem == nil)
        for policy in [
            AutoscalePolicy(.queueLength, value: 0), AutoscalePolicy(.queueLength, value: .nan),
            AutoscalePolicy(.queueLength, value: 1, activationValue: -1),
            AutoscalePolicy(.queueLength, value: 1, minimum: 3, maximum: 2),
            AutoscalePolicy(.queueLength, value: 1, minimum: -1), AutoscalePolicy(.queueLength, value: 1, maximum: 65),
            AutoscalePolicy(.queueLength, value: 1, minimum: 0, maximum: 0),
            AutoscalePolicy(.queueLength, value: 1, prefetch: 0),
        ] {
            #expect(policy.problem != nil, "\(policy)")
        }
    }
}
