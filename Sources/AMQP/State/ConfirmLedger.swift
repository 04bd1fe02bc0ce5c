//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule

/// Published messages that the broker has not confirmed yet, by the number it counts them with.
///
/// With several queues behind an exchange confirms come out of order, single and `multiple` mixed, so a counter is not
/// enough. Numbers are consecutive: a double-ended queue with gaps finds each at once, and every operation costs constant
/// time, spread over the messages it settles.
struct ConfirmLedger<Element> {
    private var slots: Deque<Element?> = []
    private var first: UInt64 = 1

    /// The number of messages that wait for their confirm.
    private(set) var count = 0

    /// Adds the next message published.
    mutating func append(_ element: Element) {
        slots.append(element)
        count += 1
    }

    /// Removes what a confirm settles.
    ///
    /// What had been removed before is passed over: a confirm may come after everyone has stopped waiting for it.
    ///
    /// - Parameters:
    ///   - tag: The broker's number; with `multiple`, 0 stands for all.
    ///   - multiple: Whether everything up to `tag` is settled.
    ///   - body: Receives each message settled.
    /// - Throws: ``AMQPError/Code/protocolViolation`` for a number not given yet.
    mutating func settle(_ tag: UInt64, multiple: Bool, _ body: (Element) -> Void) throws(AMQPError) {
        let end = first + UInt64(slots.count)
        guard tag < end, tag > 0 || multiple else {
            throw AMQPError(.protocolViolation, "The broker confirmed a message that was never published.")
        }
        if multiple {
            let last = tag == 0 ? end - 1 : tag
            while first <= last, let slot = slots.popFirst() {
                first += 1
                if let element = slot {
                    count -= 1
                    body(element)
                }
            }
        } else if tag >= first, let element = slots[Int(tag - first)] {
            slots[Int(tag - first)] = nil
            count -= 1
            body(element)
        }
        dropSettled()
    }

    /// Finds the oldest message for which `predicate` holds.
    func first(where predicate: (Element) -> Bool) -> Element? {
        for case let element? in slots where predicate(element) { return element }
        return nil
    }

    /// Removes every message for which `predicate` holds.
    mutating func removeAll(where predicate: (Element) -> Bool, _ body: (Element) -> Void) {
        for index in slots.indices {
            if let element = slots[index], predicate(element) {
                slots[index] = nil
                count -= 1
                body(element)
            }
        }
        dropSettled()
    }

    private mutating func dropSettled() {
        while let slot = slots.first, slot == nil {
            slots.removeFirst()
            first += 1
        }
    }
}
