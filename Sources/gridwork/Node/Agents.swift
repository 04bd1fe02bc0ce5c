//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import ServiceLifecycle
import UnixSignals

/// `gridwork agents`: stands in for the agents of field workers.
struct Agents: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stand in for the field workers' agents, for demonstrations and load.",
        discussion: "Speaks AMQP as anybody's agent would: takes the mail of the posts and answers with commands."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The posts to act for; * stands for anything, as in 'liaison@310105002*'.")
    var posts = "*"

    @Option(help: "How long each step takes: 1s, or a range like 0.2..2s.")
    var after = "0.2..2s"

    @Option(name: .customLong("return"), help: "The share of assignments given back, like 1%.")
    var returnShare = "0%"

    @Option(name: .customLong("escalate"), help: "The share of assignments escalated, like 1%.")
    var escalateShare = "0%"

    @Option(help: "Another seed makes other choices about the same mail.")
    var seed: UInt64 = 0

    func execute(_ context: Context) async throws {
        guard let delay = Self.range(after) else {
            throw CommandFailure.usage("--after \(after): give seconds like 1s or a range like 0.2..2s")
        }
        guard let returns = Self.share(returnShare), let escalates = Self.share(escalateShare),
            returns + escalates <= 1
        else { throw CommandFailure.usage("--return and --escalate take shares like 5% that come to 100% at most") }
        let pool = AgentPool(
            pattern: PostPattern(posts),
            behaviour: AgentBehaviour(delay: delay, returnShare: returns, escalateShare: escalates, seed: seed),
            broker: context.settings.broker,
            logger: context.logger
        )
        var group = ServiceGroupConfiguration(
            services: [.init(service: pool, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: context.logger
        )
        group.maximumGracefulShutdownDuration = context.settings.stopLimit
        try await ServiceGroup(configuration: group).run()
        let sent = Dictionary(uniqueKeysWithValues: pool.commandsSent.map { ($0.key.rawValue, $0.value) })
        try context.output.result(sent) { sent in
            [
                "Commands sent: \(sent.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))"
            ]
        }
    }

    /// Seconds from `1s`, `0.5`, `0.2..2s`; nil when it is none, or longer than an hour.
    static func range(_ text: String) -> ClosedRange<Double>? {
        let parts = text.split(separator: "..", maxSplits: 1).map { part in
            Double(part.hasSuffix("s") ? part.dropLast() : part)
        }
        guard let first = parts.first ?? nil, let last = parts.last ?? nil, first >= 0, first <= last, last <= 3_600
        else { return nil }
        return first...last
    }

    /// A share from `5%` or `0.05`; nil when it is none.
    static func share(_ text: String) -> Double? {
        let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return value.flatMap { (0...1).contains($0) ? $0 : nil }
    }
}
