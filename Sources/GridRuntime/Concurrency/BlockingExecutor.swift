//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch

/// A thread of its own for a task that blocks, such as in a transaction, and that the shared threads cannot spare.
///
/// What the task waits for wakes this thread directly. On the shared threads each transaction would be handed to the
/// writer's thread and its result back, and each of the two wakes a thread.
final class BlockingExecutor: TaskExecutor {
    private let queue: DispatchQueue

    /// Creates an executor; the label tells its thread apart in a debugger.
    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
