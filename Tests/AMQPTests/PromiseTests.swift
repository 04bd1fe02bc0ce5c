//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("Promise", .timeLimit(.minutes(1)))
struct PromiseTests {
    @Test("Gives the first result, before or after anyone waits")
    func givesFirst() async throws {
        let promise = Promise<Int>()
        promise.fulfil(.success(1))
        promise.fulfil(.success(2))
        #expect(try await promise.value == 1)

        let later = Promise<Int>()
        let task = Task { try await later.value }
        later.fulfil(.success(3))
        #expect(try await task.value == 3)
    }

    @Test("Stops waiting on cancellation, unless asked not to")
    func cancels() async throws {
        let promise = Promise<Int>()
        let task = Task { try await promise.value }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        promise.fulfil(.success(1))

        let stubborn = Promise<Int>()
        let waiting = Task { try await stubborn.uncancelledValue }
        waiting.cancel()
        stubborn.fulfil(.success(2))
        #expect(try await waiting.value == 2)
    }
}
