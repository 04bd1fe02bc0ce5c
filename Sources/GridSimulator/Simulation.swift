//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Logging

/// One run: a street whose people act rightly and wrongly while messages, processes and clocks fail; then everything
/// works again, everybody answers, and the orders must come to their end.
///
/// The rules, the codecs, the handling and the state file are the product's own; the broker, the clock, the people and
/// the order in which things happen come from the seed. One thread does everything, one step after the other, so that a
/// seed always makes the same run.
final class Simulation {
    /// When every run begins: 23 November 2026, 08:00 in China.
    static let morning = Instant(milliseconds: 1_795_392_000_000)

    let seed: UInt64
    let plan: SimulationPlan
    let street: SimulatedStreet
    let nodes: [SimulatedNode]
    var random: SeededGenerator
    var broker: SimulatedBroker
    var people = SimulatedPeople()
    var ledger = Ledger()
    var trace: Trace
    /// The work orders, by their own assignments, in the order in which they were issued.
    var roots: [AssignmentID] = []
    /// Whether an order may have been issued that is not among `roots`.
    var mayHaveNewOrders = false
    /// What was found broken, in sentences.
    var broken: [String] = []
    /// Whether things fail and people do as they please.
    var isUnruly = true
    var step = 0
    var handledCount = 0
    private var processCount = 0
    private let logger = Logger(label: "gridwork.simulator") { _ in SwiftLogNoOpLogHandler() }

    /// Prepares a run whose state files are copies of `template` in `folder`.
    init(
        seed: UInt64,
        street: SimulatedStreet,
        folder: String,
        template: String,
        listener: ((String) -> Void)?
    ) throws {
        trace = Trace(listener: listener)
        var random = SeededGenerator(seed: seed)
        let plan = SimulationPlan(random: &random, seed: seed)
        self.seed = seed
        self.plan = plan
        self.street = street
        self.random = random
        var nodes: [SimulatedNode] = []
        for number in 0..<plan.nodes {
            try nodes.append(
                SimulatedNode(
                    number: number,
                    mailboxes: street.mailboxes(of: number, among: plan.nodes),
                    clock: SimulatedClock(at: Self.morning),
                    folder: folder,
                    template: template
                )
            )
        }
        self.nodes = nodes
        broker = SimulatedBroker(mailboxes: nodes.flatMap(\.mailboxes))
        for node in nodes { start(processesOf: node) }
    }

    /// Runs it and removes its files.
    func run() throws -> SimulationResult {
        do {
            try play()
        } catch {
            broken.append("the run broke off: \(error)")
        }
        for node in nodes { try node.remove() }
        return SimulationResult(
            seed: seed,
            steps: step,
            handled: handledCount,
            digest: trace.digest,
            broken: broken,
            trace: broken.isEmpty ? [] : trace.lastLines
        )
    }

    private func play() throws {
        try issueOrder(locally: true)
        while step < plan.steps, broken.isEmpty {
            step += 1
            for node in nodes { node.clock.move(by: Int64(random.below(5_000))) }
            try act()
        }
        isUnruly = false
        if broken.isEmpty { try finish() }
    }

    /// One step: a fault, or something that somebody does.
    private func act() throws {
        if random.happens(plan.crashes) { return try crashSomething() }
        if random.happens(plan.disconnects) { return disconnectSomething() }
        if random.happens(plan.clockJumps) { return try setAClock() }
        if random.happens(plan.recurrences) { return try missADeadlineTwice() }
        switch random.below(100) {
        case 0..<40: try somebody { try self.work($0, of: $1) }
        case 40..<70: try somebody { try self.relay($0, of: $1) }
        case 70..<75: try somebody { try self.fireDue($0, of: $1) }
        case 75..<80: try somebody { process, _ in process.outbox.setUnclaimedMark() }
        case 80..<98: try actAsPeople()
        default: restartSomething()
        }
    }

    // MARK: Nodes and processes

    func node(of post: PostAddress) -> SimulatedNode {
        nodes[street.node(of: post, among: nodes.count)]
    }

    func handler(of node: SimulatedNode) -> MessageHandler {
        MessageHandler(organization: street.organization, clock: node.clock.wall, logger: logger)
    }

    func say(_ text: @autoclosure () -> String) {
        trace.add("\(step) \(text())")
    }

    /// Starts as many processes as a node is to have.
    func start(processesOf node: SimulatedNode) {
        while node.processes.count < plan.processes {
            processCount += 1
            node.processes.append(SimulatedProcess(number: processCount))
            say("node \(node.number): process \(processCount) starts")
        }
    }

    /// Lets some process that is alive do something.
    private func somebody(_ act: (SimulatedProcess, SimulatedNode) throws -> Void) throws {
        let node = random.pick(nodes)
        guard !node.processes.isEmpty else { return start(processesOf: node) }
        try act(random.pick(node.processes), node)
    }
}
