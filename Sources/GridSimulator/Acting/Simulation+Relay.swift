//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// What a process's relay does, step by step as `Relay` does it: claim, publish, hear, delete.
extension Simulation {
    /// The next thing the relay of a process does.
    func relay(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        guard process.isRelaying else { return try connect(process, of: node) }
        if !process.published.isEmpty, random.happens(600) { return try hear(process, of: node) }
        if process.outbox.hasConfirmed, random.happens(400) { return try settle(process, of: node) }
        guard let rows = try nextRows(process, of: node) else { return }
        for row in rows {
            // Between two publishes is a step like any other.
            if isUnruly, random.happens(plan.crashesInside) { return kill(process, of: node, at: "while publishing") }
            process.published.append(publish(row))
        }
        if !rows.isEmpty { say("process \(process.number) publishes \(rows.map(\.message.messageID))") }
    }

    /// A connection is there: what an earlier one of this process had leased may be claimed again.
    private func connect(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        let done: Void? = try transact(process, of: node) { store, point in
            try point(.begin)
            if try store.leaseOwners().contains(process.outbox.owner) {
                try store.releaseLeases(owner: process.outbox.owner)
            }
        }
        guard done != nil else { return }
        process.outbox.open()
        process.isRelaying = true
        say("process \(process.number) relays")
    }

    /// - Returns: nil when the process died.
    private func nextRows(_ process: SimulatedProcess, of node: SimulatedNode) throws -> [OutboxRow]? {
        let limit = 1 + random.below(10)
        let ready = process.outbox.takeReady(limit)
        guard ready.isEmpty, process.outbox.takeUnclaimedMark() else { return ready }
        let alive = Set(node.processes.map(\.outbox.owner))
        let claimed = try transact(process, of: node) { store, point in
            try point(.begin)
            for owner in try store.leaseOwners() where !alive.contains(owner) {
                try store.releaseLeases(owner: owner)
            }
            let rows = try store.claimOutbox(
                owner: process.outbox.owner,
                now: node.clock.now,
                leaseMilliseconds: Outbox.leaseMilliseconds,
                limit: limit
            )
            try point(.write)
            return rows
        }
        if claimed?.count == limit { process.outbox.setUnclaimedMark() }
        return claimed
    }

    /// Gives a row to the broker.
    private func publish(_ row: OutboxRow) -> SimulatedProcess.Publish {
        func heard(_ outcome: SimulatedProcess.Publish.Outcome) -> SimulatedProcess.Publish {
            SimulatedProcess.Publish(row: row, outcome: outcome)
        }
        guard isUnruly else {
            broker.publish(row.message)
            return heard(.confirmed)
        }
        if random.happens(plan.publishesLost) { return heard(.connectionLost) }
        if random.happens(plan.publishesRefused) { return heard(.refused) }
        let late = random.happens(plan.publishesLate) ? step + random.below(150) : 0
        broker.publish(row.message, notBefore: late)
        if random.happens(plan.publishesDoubled) { broker.publish(row.message, notBefore: step + random.below(50)) }
        return heard(random.happens(plan.confirmsLost) ? .connectionLost : .confirmed)
    }

    /// The broker's answers come in, in any order.
    private func hear(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        for _ in 0...random.below(process.published.count) {
            let publish = process.published.remove(at: random.below(process.published.count))
            switch publish.outcome {
            case .confirmed:
                process.outbox.putConfirmed([publish.row.id])
            case .refused:
                say("the broker refuses \(publish.row.message.messageID)")
            case .connectionLost:
                say("process \(process.number) loses its relay's connection")
                disconnectRelay(process)
                return try settle(process, of: node)
            }
        }
    }

    /// Deletes what the broker confirmed.
    private func settle(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        let ids = process.outbox.takeConfirmed()
        guard !ids.isEmpty else { return }
        let done: Void? = try transact(process, of: node) { store, point in
            try point(.begin)
            try store.deleteOutbox(ids)
            try point(.write)
        }
        if done != nil { say("process \(process.number) deletes \(ids)") }
    }

    func disconnectRelay(_ process: SimulatedProcess) {
        process.outbox.close()
        process.published = []
        process.isRelaying = false
    }
}
