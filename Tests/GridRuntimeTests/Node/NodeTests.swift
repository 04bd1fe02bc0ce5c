//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@testable import GridRuntime

@Suite("Node")
struct NodeTests {
    @Test("However long the broker was away, a node looks for it every second", arguments: [1, 7, 100, 10_000])
    func looksOften(failures: Int) {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            #expect(Node.backoff.delay(afterFailures: failures, using: &random) <= .seconds(1))
        }
    }
}
