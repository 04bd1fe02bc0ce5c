//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("ConsumerBuffer", .timeLimit(.minutes(1)))
struct ConsumerBufferTests {
    private func delivery(_ tag: UInt64) -> AMQPDelivery {
        AMQPDelivery(queue: "queue", deliveryTag: tag, routingKey: "key")
    }

    @Test("Gives everything that is there, up to the maximum")
    func givesBatches() async throws {
        let buffer = ConsumerBuffer()
        for tag: UInt64 in 1...5 { _ = buffer.append(delivery(tag)) }
        #expect(try await buffer.next(3)?.map(\.deliveryTag) == [1, 2, 3])
        #expect(try await buffer.next(3)?.map(\.deliveryTag) == [4, 5])
    }

    @Test("Wakes those who wait, the first one first")
    func wakesInOrder() async throws {
        let buffer = ConsumerBuffer()
        let first = Task { try await buffer.next(1) }
        let second = Task { try await buffer.next(1) }
        _ = buffer.append(delivery(1))
        _ = buffer.append(delivery(2))
        buffer.wake()
        let tags = [try await first.value, try await second.value].compactMap { $0?.first?.deliveryTag }
        #expect(tags.sorted() == [1, 2])
    }

    @Test("Gives the rest before the end, or before the error")
    func givesRest() async throws {
        let finished = ConsumerBuffer()
        _ = finished.append(delivery(1))
        finished.finish()
        _ = finished.append(delivery(2))
        #expect(try await finished.next(9)?.count == 1)
        #expect(try await finished.next(9) == nil)

        let failing = ConsumerBuffer()
        _ = failing.append(delivery(1))
        failing.failAfterRest(AMQPError(.consumerCancelled, "gone"))
        #expect(try await failing.next(9)?.count == 1)
        await #expect(throws: AMQPError.self) { try await failing.next(9) }
    }

    @Test("Drops what can no longer be acknowledged")
    func dropsRest() async throws {
        let buffer = ConsumerBuffer()
        _ = buffer.append(delivery(1))
        buffer.fail(AMQPError(.connectionClosed, "gone"))
        await #expect(throws: AMQPError.self) { try await buffer.next(9) }
    }

    @Test("Loses no delivery and no waiter to cancellation")
    func survivesCancellation() async throws {
        let buffer = ConsumerBuffer()
        let total: UInt64 = 2_000
        let received = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var count = 0
                    while true {
                        // Every other wait is cancelled somewhere along its way.
                        let task = Task { try await buffer.next(3) }
                        if Bool.random() { task.cancel() }
                        let isCancelled = task.isCancelled
                        if let batch = try await task.value {
                            count += batch.count
                        } else if !isCancelled {
                            return count
                        }
                    }
                }
            }
            for tag in 1...total {
                _ = buffer.append(delivery(tag))
                buffer.wake()
                if tag % 50 == 0 { await Task.yield() }
            }
            buffer.finish()
            return try await group.reduce(0, +)
        }
        #expect(received == Int(total))
    }
}
