//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How the workers that a mailbox is to have are shared between the processes that are there for it.
enum WorkerShare {
    /// How many of a mailbox's workers are a process's own.
    ///
    /// Every process reckons for itself and all come to the same: the shares add up to the total and differ by one at most.
    /// What does not divide goes to other processes for another mailbox, and when one comes or goes, most of it stays where
    /// it was.
    ///
    /// - Parameters:
    ///   - total: The workers there are to be, 0 or more.
    ///   - process: The name of the process.
    ///   - processes: The names of all, this one among them, in any order.
    ///   - mailbox: The name of the mailbox.
    static func share(of total: Int, for process: String, among processes: Set<String>, mailbox: String) -> Int {
        let (each, rest) = total.quotientAndRemainder(dividingBy: max(1, processes.count))
        if rest == 0 { return each }
        let own = rank(process, mailbox)
        let before = processes.count { (rank($0, mailbox), $0) < (own, process) }
        return each + (before < rest ? 1 : 0)
    }

    /// Puts processes in an order that chance alone decides, the same for everybody who asks.
    private static func rank(_ process: String, _ mailbox: String) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(process)
        fingerprint.add(mailbox)
        return fingerprint.value
    }
}
