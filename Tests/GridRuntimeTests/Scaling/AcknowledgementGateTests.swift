//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridRuntime

@Suite("Acknowledgements that are kept back while subscriptions change")
struct AcknowledgementGateTests {
    private func item(_ tag: UInt64, _ queue: String) -> ReadAhead.Item {
        ReadAhead.Item(deliveryTag: tag, queue: queue, candidate: nil)
    }

    @Test("Those of the mailboxes in question are kept, all others pass, and each comes out once")
    func keeps() async {
        let gate = AcknowledgementGate()
        let batch = [item(1, "a"), item(2, "b"), item(3, "c"), item(4, "a")]
        #expect(gate.pass(batch).map(\.deliveryTag) == [1, 2, 3, 4])
        gate.settle()
        await gate.close(for: ["a", "b"])
        #expect(gate.pass(batch).map(\.deliveryTag) == [3])
        #expect(gate.open(for: ["a", "unknown"]).map(\.deliveryTag) == [1, 4])
        #expect(gate.pass(batch).map(\.deliveryTag) == [1, 3, 4])
        #expect(gate.open(for: ["a", "b"]).map(\.deliveryTag) == [2, 2])
        #expect(gate.pass(batch).count == 4)
        #expect(gate.open(for: ["a", "b"]).isEmpty)
    }

    @Test("Who closes it waits until what passed before is acknowledged")
    func waits() async {
        let gate = AcknowledgementGate()
        let batch = [item(1, "a")]
        #expect(gate.pass(batch).count == 1)
        let isClosed = StopFlag()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await gate.close(for: ["a"])
                isClosed.set()
            }
            group.addTask {
                // From the moment at which it is closed nothing passes, and nobody goes on before this is said.
                while !gate.pass(batch).isEmpty { await Task.yield() }
                #expect(!isClosed.isSet)
                gate.settle()
            }
        }
        #expect(isClosed.isSet)
    }
}
