//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decoded work orders, so that the thousand messages of an order parse its text once.
///
/// A hit is only a hit when the stored text is the very text that was decoded. Comparing it is much cheaper than
/// parsing it, and it spares all reasoning about orders that a rolled-back transaction had already shown to somebody.
final class OrderCache: Sendable {
    private struct Entry {
        let document: [UInt8]
        let order: WorkOrder

        func says(_ text: UnsafeRawBufferPointer) -> Bool {
            document.count == text.count
                && document.withUnsafeBytes { mine in
                    guard let mine = mine.baseAddress, let text = text.baseAddress else { return true }
                    return memcmp(mine, text, document.count) == 0
                }
        }
    }

    /// Two generations: the old one is dropped when the young one is full, what is still asked for moves over.
    private struct Generations {
        var young: [String: Entry] = [:]
        var old: [String: Entry] = [:]
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    /// Creates a cache of at most `capacity` orders.
    init(capacity: Int = 256) {
        self.capacity = capacity
    }

    /// The number of orders kept.
    var count: Int {
        generations.withLock { Set($0.young.keys).union($0.old.keys).count }
    }

    /// Whether an order is kept.
    func holds(_ id: String) -> Bool {
        generations.withLock { $0.young[id] != nil || $0.old[id] != nil }
    }

    /// Returns the order that `document` says; `document` need not outlive the call.
    func order(_ id: String, document: UnsafeRawBufferPointer) throws -> WorkOrder {
        let (young, old) = generations.withLock { ($0.young[id], $0.old[id]) }
        if let young, young.says(document) {
            return young.order
        }
        if let old, old.says(document) {
            keep(old, as: id)
            return old.order
        }
        let order: WorkOrder
        do {
            order = try JSONDecoder().decode(WorkOrder.self, from: Data(document))
        } catch {
            throw StoreError(.corrupt, "The work order \(id) cannot be read; restore a backup.", cause: error)
        }
        // SQLite's memory is gone after the call: keep a copy.
        keep(Entry(document: Array(document), order: order), as: id)
        return order
    }

    private func keep(_ entry: Entry, as id: String) {
        generations.withLock { generations in
            if generations.young.count >= max(1, capacity / 2) {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[id] = entry
        }
    }
}
