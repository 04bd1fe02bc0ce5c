//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Synchronization

/// Runs what blocks a thread, a few at once; whoever comes when many wait already is told so.
final class WorkLanes: Sendable {
    /// Too many wait.
    struct Busy: Error {}

    private let queues: [DispatchQueue]
    private let depth: Int
    private let waiting: Mutex<[Int]>

    /// Creates lanes.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - depth: How many may wait in each, the one that runs counted.
    init(label: String, count: Int, depth: Int) {
        queues = (1...count).map { DispatchQueue(label: "\(label).\($0)") }
        self.depth = depth
        waiting = Mutex([Int](repeating: 0, count: count))
    }

    /// Runs `body` to its end, cancelled or not.
    ///
    /// - Throws: `Busy`, or what `body` throws.
    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let lane = try enter()
        defer { waiting.withLock { $0[lane] -= 1 } }
        let queue = queues[lane]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    private func enter() throws -> Int {
        try waiting.withLock { waiting in
            guard let lane = waiting.indices.min(by: { waiting[$0] < waiting[$1] }), waiting[lane] < depth
            else { throw Busy() }
            waiting[lane] += 1
            return lane
        }
    }
}
