//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork autoscale`: how many workers mailboxes have is reckoned from what is measured of them.
struct Autoscale: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the workers of mailboxes follow what waits in them, how fast it goes, or what is due.",
        discussion: """
            Modes, values and bounds mean what they mean to KEDA's scaler for RabbitMQ: QueueLength, MessageRate, \
            DeliverGetRate, PublishedToDeliveredRatio, ExpectedQueueConsumptionTime; and ours, OldestMessageAge and \
            DeadlineSlack, in seconds. A node looks every five seconds and decides for each mailbox by itself: a tenth off \
            changes nothing, workers at most double (or grow by four) in 15 seconds, and are taken away when five minutes \
            asked for fewer. The last word counts: gridwork scale takes a policy's place, and a policy that of gridwork scale.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "What is measured, for instance QueueLength or DeadlineSlack.")
    var mode: AutoscalePolicy.Mode?

    @Option(help: "The value aimed at: for each worker, or as it is with --metric-type Value.")
    var value: Double?

    @Option(help: "Above which value a mailbox without workers gets one, where the minimum is 0: 0 when not given.")
    var activationValue: Double?

    @Option(help: "AverageValue, the value is a worker's part (when not given); or Value, workers grow in proportion.")
    var metricType: AutoscalePolicy.MetricType?

    @Option(help: "The fewest workers of a mailbox, over all processes: 0 to the maximum; 1 when not given.")
    var minimum: Int?

    @Option(help: "The most workers of a mailbox, over all processes: 1 to 64; 8 when not given.")
    var maximum: Int?

    @Option(help: "How many messages a worker may hold: 1 to 1000; what a process allots by itself when not given.")
    var prefetch: Int?

    @Flag(help: "No policy any more: one worker.")
    var off = false

    @Flag(help: "Show the policies, and change nothing.")
    var show = false

    func validate() throws {
        if show {
            guard scope.isEmpty, scope.role == nil, mode == nil, value == nil, !off else {
                throw ValidationError("--show stands alone; gridwork workers shows what the policies decided.")
            }
            return
        }
        _ = try scope.scope()
        guard off == (mode == nil), off == (value == nil) else {
            throw ValidationError("Say --mode and --value, or --off.")
        }
        if let problem = policy?.problem { throw ValidationError("This is no policy: \(problem).") }
    }

    private var policy: AutoscalePolicy? {
        guard let mode, let value else { return nil }
        return AutoscalePolicy(
            mode,
            value: value,
            activationValue: activationValue ?? 0,
            metricType: metricType ?? .averageValue,
            minimum: minimum ?? min(1, maximum ?? 1),
            maximum: maximum ?? max(8, minimum ?? 1),
            prefetch: prefetch
        )
    }

    func execute(_ context: Context) async throws {
        if show { return try await showPolicies(context) }
        guard let policy else {
            return try await scope.set(.workers(nil, prefetch: nil), context) { "\($0): one worker." }
        }
        try await scope.set(.automatic(policy), context) { "\($0): \(policy.words)." }
    }

    /// A policy that stands.
    struct View: Encodable {
        let area: UnitCode?
        let role: String?
        let setAt: Instant
        let policy: AutoscalePolicy
    }

    private func showPolicies(_ context: Context) async throws {
        let rules = try await context.withStore { store in try await store.read { try $0.scaleRules() } }
        let views = rules.rules.compactMap { rule -> View? in
            guard case .automatic(let policy) = rule.instruction else { return nil }
            return View(area: rule.scope.area, role: rule.scope.role, setAt: rule.setAt, policy: policy)
        }
        try context.output.result(views) { views in
            guard !views.isEmpty else { return ["No mailbox has a policy."] }
            var table = Table(["AREA", "ROLE", "POLICY", "SINCE"])
            for view in views {
                let area = view.area?.digits ?? "all"
                table.add([area, view.role ?? "all", view.policy.words, view.setAt.local])
            }
            return table.lines
        }
    }
}

extension AutoscalePolicy {
    /// The policy in few words.
    var words: String {
        let value = value.rounded() == value ? "\(Int(value))" : "\(value)"
        let activation = activationValue > 0 ? ", activation \(activationValue)" : ""
        let type = metricType == .value ? " (Value)" : ""
        return "\(minimum) to \(maximum) workers by \(mode.rawValue) \(value)\(type)\(activation)"
    }
}

extension AutoscalePolicy.Mode: ExpressibleByArgument {}

extension AutoscalePolicy.MetricType: ExpressibleByArgument {}
