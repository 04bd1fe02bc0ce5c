//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Synchronization
import Testing

@testable import GridRuntime

/// Goes through every order in which processes can register, read, follow, tell and end.
@Suite("When a process may take a mailbox over")
struct HandoverRuleTests {
    /// One mailbox, and the processes that are there for it.
    private struct World: Hashable {
        /// A process: its row in the state file, and what it does.
        struct Process: Hashable {
            /// How far it has come from its start to its end.
            enum Phase: Hashable { case new, registered, begun, ended, gone }

            var phase = Phase.new
            // The row.
            var isListed = false
            var isServing = false
            var isDraining = false
            var released = 0
            /// What it read and does not follow yet.
            var read: Situation?
            var followed: Situation?
            /// Whether it is subscribed, or has messages left.
            var holds = false
        }

        struct Situation: Hashable {
            var version: Int
            var holds: Bool
            var isAwaiting: Bool
        }

        var version = 0
        var processes: [Process]
        /// What operators, and whoever stops processes, still may do.
        var drains: Int
        var ends: Int
    }

    /// What the rules answered to what they were asked.
    private final class Answers: Sendable {
        private let all = Mutex<[[Int]: World.Situation]>([:])

        subscript(question: [Int]) -> World.Situation? {
            get { all.withLock { $0[question] } }
            set { all.withLock { $0[question] = newValue } }
        }
    }

    private let mailbox: Mailbox
    private let known = Answers()

    init() throws {
        let organization = try OrganizationFile.organization(from: Street.small.file())
        mailbox = try #require(MailboxSelection(roles: ["liaison"]).mailboxes(in: organization).first)
    }

    @Test(
        "Never two have it, and one does in the end, whatever comes between",
        arguments: [(2, 0, 0), (2, 1, 0), (2, 0, 1), (2, 1, 1), (3, 0, 0)]
    )
    func everyOrder(processes: Int, drains: Int, ends: Int) {
        let start = World(
            processes: Array(repeating: World.Process(), count: processes),
            drains: drains,
            ends: ends
        )
        var (seen, open, ends): (Set<World>, [World], Int) = ([start], [start], 0)
        while let world = open.popLast() {
            let holders = world.processes.count(where: \.holds)
            guard holders <= 1 else {
                Issue.record("two have it: \(world)")
                return
            }
            let next = steps(from: world)
            if next.isEmpty {
                ends += 1
                guard holders == 1 || !world.processes.contains(where: { $0.phase == .begun && !$0.isDraining }) else {
                    Issue.record("nobody has it: \(world)")
                    return
                }
            }
            for world in next where seen.insert(world).inserted { open.append(world) }
        }
        #expect(ends > 0 && seen.count > 100)
    }

    private func steps(from world: World) -> [World] {
        var next: [World] = []
        for index in world.processes.indices {
            let process = world.processes[index]
            func step(_ change: (inout World, inout World.Process) -> Void) {
                var (after, one) = (world, process)
                change(&after, &one)
                after.processes[index] = one
                if after != world { next.append(after) }
            }
            switch process.phase {
            case .new:
                step { world, one in
                    (one.phase, one.isListed) = (.registered, true)
                    world.version += 1
                }
            case .registered:
                step { _, one in (one.phase, one.released) = (.begun, 0) }
            case .begun:
                if process.read == nil {
                    step { world, one in
                        let read = situation(of: index, in: world)
                        one.read = read == one.followed ? nil : read
                    }
                } else {
                    step { _, one in
                        (one.followed, one.read) = (one.read, nil)
                        one.holds = one.followed?.holds ?? false
                    }
                }
                if let followed = process.followed {
                    step { world, one in
                        if !one.isServing { world.version += 1 }
                        (one.isServing, one.released) = (true, followed.version)
                    }
                }
                if world.ends > 0 {
                    step { world, one in
                        (one.phase, one.holds, one.read) = (.ended, false, nil)
                        world.ends -= 1
                    }
                }
            case .ended:
                step { world, one in
                    (one.phase, one.isListed, one.isServing) = (.gone, false, false)
                    world.version += 1
                }
            case .gone: break
            }
            guard world.drains > 0, process.isListed else { continue }
            for isDraining in [true, false] where isDraining != process.isDraining {
                step { world, one in
                    one.isDraining = isDraining
                    world.version += 1
                    if isDraining { world.drains -= 1 }
                }
            }
        }
        return next
    }

    /// What a process reads at one moment, by the rules that are tested.
    private func situation(of index: Int, in world: World) -> World.Situation {
        let own = world.processes[index]
        guard !own.isDraining else { return .init(version: world.version, holds: false, isAwaiting: false) }
        let isHeld = own.followed?.holds ?? false
        // Asked millions of times, with few different answers.
        var question = [index, own.isServing ? 1 : 0, isHeld ? 1 : 0]
        for (offset, peer) in world.processes.enumerated() where offset != index && peer.isListed {
            question += [offset, peer.isServing && !peer.isDraining ? 1 : 0, peer.released >= world.version ? 1 : 0]
        }
        if let answer = known[question] {
            return .init(version: world.version, holds: answer.holds, isAwaiting: answer.isAwaiting)
        }
        let answer = reckoned(of: index, isHeld: isHeld, in: world)
        known[question] = answer
        return answer
    }

    private func reckoned(of index: Int, isHeld: Bool, in world: World) -> World.Situation {
        let own = world.processes[index]
        let peers = world.processes.enumerated().filter { $0.offset != index && $0.element.isListed }.map { peer in
            SubscriptionPlan.Peer(
                name: "\(peer.offset):1:0",
                mailboxes: [mailbox],
                isServing: peer.element.isServing && !peer.element.isDraining,
                released: peer.element.released
            )
        }
        let plan = SubscriptionPlan(
            of: [mailbox],
            rules: ScaleRules([]),
            name: "\(index):1:0",
            breadth: 1,
            peers: peers
        )
        let handover = Handover(version: world.version, isKnown: own.isServing, others: peers)
        let isOwn = !plan.shares.isEmpty
        let mayHold = isOwn && (isHeld || handover.mayTake(mailbox))
        return .init(version: world.version, holds: mayHold, isAwaiting: isOwn && !mayHold)
    }
}
