//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A process that dies at a step of the hop, over the real broker", .needsBroker, .brokerLimit)
struct CrashPointTests {
    @Test(
        "A node that dies at any step of a hop, again and again, completes the order with nothing done twice",
        arguments: CrashPoint.Step.allCases
    )
    func dies(at step: CrashPoint.Step) async throws {
        try await Chain.with { chain in
            let root = try await chain.withAgents(delay: 0.01...0.1) { _ in
                let root = try await chain.issue()
                // At once, and a little later: with nothing begun, and with what the last life left.
                for pass in [1, 2, 3] {
                    let fault = ["GRIDWORK_TEST_CRASH_AT": "\(step.rawValue):\(pass)"]
                    let node = try await chain.startProcess(environment: fault, awaiting: nil)
                    let status = try await within(.seconds(60), "it dies") { try await node.end() }
                    #expect(status == CrashPoint.status)
                }
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
}
