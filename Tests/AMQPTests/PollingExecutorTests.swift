//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization
import Testing

@testable import AMQP

@Suite("PollingExecutor", .timeLimit(.minutes(1)))
struct PollingExecutorTests {
    private final class Handler: PollingHandler {
        let turns = Atomic<Int>(0)
        func turn(isReadable: Bool) -> PollInterest {
            turns.add(1, ordering: .relaxed)
            return PollInterest()
        }
    }

    private actor Counter {
        nonisolated let executor: PollingExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private(set) var value = 0

        init(_ executor: PollingExecutor) { self.executor = executor }
        func increment() { value += 1 }
        nonisolated func submit() { executor.submit { self.assumeIsolated { $0.value += 1 } } }
    }

    @Test("Runs jobs and closures one at a time on its own thread")
    func runsWork() async throws {
        let executor = try PollingExecutor()
        try executor.start(Handler())
        let counter = Counter(executor)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        await counter.increment()
                        counter.submit()
                    }
                }
            }
        }
        #expect(await counter.value == 8_000)
        await executor.stop()
    }

    @Test("Still runs what comes after its thread has ended")
    func runsStragglers() async throws {
        let executor = try PollingExecutor()
        try executor.start(Handler())
        let counter = Counter(executor)
        await executor.stop()
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<200 { await counter.increment() } }
            }
        }
        #expect(await counter.value == 800)
    }

    @Test("Goes with its thread, and its handler with it")
    func isReleased() async throws {
        weak var handler: Handler?
        weak var executor: PollingExecutor?
        do {
            let strongHandler = Handler()
            let strongExecutor = try PollingExecutor()
            try strongExecutor.start(strongHandler)
            await strongExecutor.stop()
            (handler, executor) = (strongHandler, strongExecutor)
        }
        #expect(handler == nil)
        try await eventually { executor == nil }
    }

    @Test("Does not turn without a reason")
    func sleeps() async throws {
        let handler = Handler()
        let executor = try PollingExecutor()
        try executor.start(handler)
        let counter = Counter(executor)
        for _ in 0..<10 { await counter.increment() }
        await executor.stop()
        #expect(handler.turns.load(ordering: .relaxed) <= 14)
    }
}
