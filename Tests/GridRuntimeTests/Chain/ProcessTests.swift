//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("The gridwork process over the real broker", .needsBroker, .brokerLimit)
struct ProcessTests {
    @Test("A node killed in the middle of an order, again and again, completes it with nothing done twice")
    func killed() async throws {
        try await Chain.with { chain in
            let root = try await chain.withAgents(delay: 0.02...0.2) { _ in
                let root = try await chain.issue()
                for lives in 1...4 {
                    let node = try await chain.startProcess()
                    try await chain.store.eventually("it is a step further", within: .seconds(60)) { store in
                        try store.counts(under: root, now: chain.clock.now).states.completed >= 5 * lives
                    }
                    node.signal(SIGKILL)
                    #expect(try await node.end() == 128 + SIGKILL)
                }
                #expect(try await chain.assignment(root)?.state != .completed)
                let node = try await chain.startProcess()
                try await chain.awaitState(.completed, of: root)
                node.signal(SIGTERM)
                #expect(try await node.end() == 0)
                return root
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
            try await chain.expectSound([root])
        }
    }

    @Test("Two processes share a state file; when one is killed, the other sends what it left and completes the order")
    func survivor() async throws {
        try await Chain.with { chain in
            let root = try await chain.withAgents(delay: 0.02...0.2) { _ in
                let node = try await chain.startProcess()
                let worker = try await chain.startProcess(["worker", "--all"])
                let root = try await chain.issue()
                try await chain.store.eventually("it is in the middle") { store in
                    try store.counts(under: root, now: chain.clock.now).states.completed >= 5
                }
                worker.signal(SIGKILL)
                #expect(try await worker.end() == 128 + SIGKILL)
                try await chain.awaitState(.completed, of: root)
                node.signal(SIGTERM)
                #expect(try await node.end() == 0)
                return root
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
            try await chain.expectSound([root])
        }
    }

    @Test("The command line issues, shows and recalls an order while no node runs")
    func commandLine() async throws {
        try await Chain.with { chain in
            let order = Program.projectFile("deploy/samples/winter-safety.order.json")
            let text = try String(contentsOfFile: order, encoding: .utf8)
                .replacingOccurrences(of: "310105002", with: Street.code)
            try text.write(toFile: chain.folder + "/order.json", atomically: true, encoding: .utf8)
            let issued = try await chain.gridwork(["order", "issue", chain.folder + "/order.json", "--json"])
            struct Order: Decodable {
                struct Counts: Decodable { var total: Int }
                var id: OrderID
                var state: AssignmentState?
                var counts: Counts?
            }
            let id = try JSONDecoder().decode(Order.self, from: Data(issued.output.utf8)).id
            let shown = try await chain.gridwork(["order", "show", id.text, "--json"])
            let before = try JSONDecoder().decode(Order.self, from: Data(shown.output.utf8))
            #expect(before.state == .accepted)
            #expect(before.counts?.total == 1)
            _ = try await chain.gridwork(["order", "recall", id.text, "--reason", "改期"])
            let refused = try await chain.gridwork(["order", "recall", id.text, "--reason", "改期"], expecting: 1)
            #expect(refused.errors.contains("recalled"))

            // Issue and recall arrive one after the other, and the legs end recalled.
            let root = AssignmentID(rootOf: id)
            try await chain.withNode {
                for cell in (1...4).map(root.leg) { try await chain.awaitState(.recalled, of: cell) }
            }
            try await chain.expectNothingLeft()
        }
    }
}
