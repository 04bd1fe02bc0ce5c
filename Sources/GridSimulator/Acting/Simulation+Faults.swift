//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// What fails besides publishes: processes, connections, clocks.
extension Simulation {
    /// Kills a process, or all of a node; the state file of the latter is then what lies on the disk.
    func crashSomething() throws {
        let node = random.pick(nodes)
        guard !node.processes.isEmpty, random.happens(300) else {
            if !node.processes.isEmpty { kill(random.pick(node.processes), of: node, at: "between two steps") }
            return
        }
        for process in node.processes { kill(process, of: node, at: "with its node") }
        try node.reopenAfterKill(random: &random)
        say("node \(node.number) is opened as it lay on the disk")
        try observe(node)
    }

    /// A process is gone, with all it had in memory; the broker takes back what it had not acknowledged.
    func kill(_ process: SimulatedProcess, of node: SimulatedNode, at moment: String) {
        let returned = broker.disconnect(process.number)
        node.processes.removeAll { $0 === process }
        say("process \(process.number) of node \(node.number) dies \(moment), \(returned) to be delivered again")
    }

    func disconnectSomething() {
        let node = random.pick(nodes)
        guard !node.processes.isEmpty else { return }
        let process = random.pick(node.processes)
        if random.happens(500) { return disconnectRelay(process) }
        let returned = broker.disconnect(process.number)
        process.inHand = []
        process.handled = []
        say("process \(process.number) loses its mailboxes' connection, \(returned) to be delivered again")
    }

    /// One clock is set, or time passes on all of them, often until just after something is due.
    func setAClock() throws {
        let hour: Int64 = 3_600_000
        let node = random.pick(nodes)
        if random.happens(600) {
            if random.happens(700) { return try waitUntilSomethingIsDue(on: node) }
            return letPass(Int64(1 + random.below(24)) * hour)
        }
        let change = random.pick([-24 * hour, -5 * hour, -hour, -60_000, hour, 30 * hour])
        node.clock.move(by: change)
        say("the clock of node \(node.number) is set by \(change / 60_000) minutes")
    }

    /// A deadline is missed; then the clocks are set back behind it, and whoever was asked lets the work go on, so that
    /// it can be missed once more.
    func missADeadlineTwice() throws {
        let node = random.pick(nodes)
        let now = node.clock.now
        let missed = try node.store.lookNow { store in
            try roots.flatMap { try store.assignments(under: $0) }
                .filter { $0.state == .escalated && $0.dueAt.map { $0 < now } ?? false }
        }
        guard !missed.isEmpty, random.happens(700) else { return try waitUntilSomethingIsDue(on: node) }
        let assignment = random.pick(missed)
        guard let dueAt = assignment.dueAt, let superior = assignment.escalatedTo else { return }
        let change = dueAt.milliseconds - now.milliseconds - Int64(1 + random.below(3_600_000))
        for node in nodes { node.clock.move(by: change) }
        say("the clocks are set back by \(-change / 60_000) minutes, behind the deadline of \(assignment.id)")
        let body = ActionBody(note: "because", answer: .carryOn)
        intend(Command(id: people.nextID(), actor: superior, body: .act(.answer, assignment.id, body)))
    }

    private func waitUntilSomethingIsDue(on node: SimulatedNode) throws {
        let next = try node.store.lookNow { try $0.nextWakeUp() }
        let wait = next.map { max(0, $0.milliseconds - node.clock.now.milliseconds) }
        letPass(wait ?? 3_600_000)
    }

    private func letPass(_ milliseconds: Int64) {
        let change = milliseconds + Int64(random.below(60_000))
        for node in nodes { node.clock.move(by: change) }
        say("\(change / 60_000) minutes pass")
    }

    func restartSomething() {
        start(processesOf: random.pick(nodes))
    }
}
