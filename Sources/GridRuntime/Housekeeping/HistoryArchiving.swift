//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// Moves the history of orders that were over long ago into the archive: it is most of what an assignment takes.
package struct HistoryArchiving: Chore {
    /// The most lines in one transaction, so that messages that arrive do not wait for it.
    private static let step = 500
    /// How many orders are looked up at a time.
    private static let page = 100

    private let store: StateFile
    /// In milliseconds.
    private let age: Int64
    let name = "Histories of orders that were over long ago archived"

    /// - Parameter days: How long nothing has happened to an order whose history is archived.
    package init(store: StateFile, days: Int) {
        self.store = store
        age = Int64(days) * 86_400_000
    }

    /// Moves all there are.
    ///
    /// - Returns: How many orders' histories were moved.
    package func run(at now: Instant) async throws -> Int {
        let instant = now.adding(milliseconds: -age)
        var count = 0
        var place: OrderToArchive?
        while true {
            let orders = try await store.read { [place] store in
                try store.ordersToArchive(issuedBefore: instant, after: place, limit: Self.page)
            }
            for order in orders {
                count += try await store.moveToArchive(order, since: instant, step: Self.step) ? 1 : 0
            }
            if orders.count < Self.page { return count }
            place = orders.last
        }
    }
}
