//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension StateFile {
    /// A sequence with an element whenever a transaction that changed something has committed, in this or any other
    /// process that uses a `StateFile`.
    ///
    /// Several commits may come as one element, so look at everything there is each time. What was committed before
    /// the call is not announced: begin to watch first, then look. Neither is a transaction that only said that a process
    /// is alive. A process that dies between its commit and the
    /// announcement leaves it unsaid until the next commit; timers and leases cover that. The sequence ends when the
    /// file is closed or its task is cancelled.
    ///
    /// - Throws: `StoreError` with the code `io` when the system lets no more files be watched, or `closed`.
    package func changes() throws -> some AsyncSequence<Void, Never> & Sendable {
        try watcher.changes()
    }
}
