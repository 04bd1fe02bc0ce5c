//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Synchronization

/// Does work that blocks, one piece after the other, away from the threads that serve requests.
final class WorkLane: Sendable {
    private let queue: DispatchQueue
    private let depth: Int
    private let waiting = Mutex(0)

    /// - Parameter depth: How many pieces of work may wait, the one that is done counted.
    init(_ label: String, depth: Int) {
        queue = DispatchQueue(label: label)
        self.depth = depth
    }

    /// Does a piece of work when those before it are done.
    ///
    /// - Throws: `Problem` when too many wait; what `work` throws.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let hasRoom = waiting.withLock { count in
            guard count < depth else { return false }
            count += 1
            return true
        }
        guard hasRoom else { throw Problem.busy("too much of this is being asked for at once; try again in a moment") }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
