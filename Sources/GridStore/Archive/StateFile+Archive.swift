//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
package import GridModel

extension StateFile {
    /// Moves the history of an order that is over into the archive, `step` lines in a transaction.
    ///
    /// The order's pages stay: what comes late, however late, has to find that the work has ended. The move can be cut off
    /// anywhere and begun again: lines are added to the archive before the order is marked, and deleted here after that.
    ///
    /// - Parameters:
    ///   - order: One of `ordersToArchive(issuedBefore:after:limit:)`.
    ///   - instant: Nothing has happened to it since.
    /// - Returns: false, and the history stays, when the order is not over.
    /// - Throws: `StoreError`: `corrupt` where the archive has another line in the place of one of the order's; `full`, `io`
    ///   or `busy`. `CancellationError`.
    package func moveToArchive(_ order: OrderToArchive, since instant: Instant, step: Int) async throws -> Bool {
        let id = order.id
        if order.archivedLine == nil {
            guard try await read({ try $0.isOver(id, since: instant) }) else { return false }
            let last = try await copyToArchive(id, step)
            guard try await write({ try $0.markArchived(id, through: last, since: instant) }) else { return false }
        }
        var deleted: Int
        repeat { deleted = try await write { try $0.deleteArchived(of: id, limit: step) } } while deleted == step
        return true
    }

    /// Adds all lines of an order to the archive.
    ///
    /// - Returns: The number of the last one; 0 when there is none.
    private func copyToArchive(_ order: OrderID, _ step: Int) async throws -> Int64 {
        let archive = archive
        var last: Int64 = 0
        while true {
            let lines = try await read { [last] in try $0.linesToArchive(of: order, after: last, limit: step) }
            if !lines.isEmpty {
                // Waits for the disk, which no thread of the tasks' may.
                try await withCheckedThrowingContinuation { continuation in
                    Self.archiveQueue.async { continuation.resume(with: Result { try archive.add(lines) }) }
                }
            }
            last = lines.last?.line.n ?? last
            if lines.count < step { return last }
        }
    }

    private static let archiveQueue = DispatchQueue(label: "GridStore.archive")
}
