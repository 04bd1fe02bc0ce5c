//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule

/// Deliveries on a channel that have not been acknowledged yet, and the shortest way to acknowledge them.
///
/// Acknowledging what the broker does not know closes the channel; here it is refused beforehand.
struct DeliveryLedger {
    /// One acknowledgement to send.
    struct Acknowledgement: Equatable {
        /// The delivery's number.
        var tag: UInt64
        /// Whether everything before it is meant too.
        var multiple: Bool
    }

    private struct Slot {
        enum State { case open, acknowledging, settled }

        /// The number of the subscription it came by; 0 for what was asked for.
        let consumer: Int
        var state = State.open
    }

    private var slots: Deque<Slot> = []
    private var first: UInt64 = 1

    private var recent = RecentAcknowledgements()

    /// The number of deliveries that may still be acknowledged.
    private(set) var count = 0

    /// Adds a delivery; the broker numbers them from 1 without a gap.
    ///
    /// - Parameter consumer: The number of the subscription it came by; 0 for what was asked for.
    /// - Throws: ``AMQPError/Code/protocolViolation`` for a number out of turn.
    mutating func append(_ tag: UInt64, of consumer: Int = 0) throws(AMQPError) {
        guard tag == first + UInt64(slots.count) else {
            throw AMQPError(.protocolViolation, "The broker numbered a delivery out of turn.")
        }
        slots.append(Slot(consumer: consumer))
        count += 1
    }

    /// Settles deliveries.
    ///
    /// Where they leave no earlier one open, one acknowledgement with `multiple` covers them, as far as that goes.
    ///
    /// - Returns: The acknowledgements to send, in order.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where one is unknown or settled already; then nothing has changed.
    mutating func acknowledge(
        _ tags: [UInt64],
        at now: MonotonicTime = .now
    ) throws(AMQPError) -> [Acknowledgement] {
        for (position, tag) in tags.enumerated() {
            guard let index = index(of: tag), slots[index].state == .open else {
                for tag in tags[..<position] { slots[Int(tag - first)].state = .open }
                throw AMQPError(.invalidArgument, "The delivery \(tag) is unknown here or settled already.")
            }
            slots[index].state = .acknowledging
        }
        count -= tags.count
        for tag in tags { recent.add(oneOf: slots[Int(tag - first)].consumer, at: now) }

        var acknowledgements: [Acknowledgement] = []
        var lastInRun: UInt64 = 0
        var runLength = 0
        while let state = slots.first?.state, state != .open {
            if state == .acknowledging { (lastInRun, runLength) = (first, runLength + 1) }
            slots.removeFirst()
            first += 1
        }
        if runLength > 0 { acknowledgements.append(Acknowledgement(tag: lastInRun, multiple: runLength > 1)) }
        if runLength < tags.count {
            for tag in tags {
                guard let index = index(of: tag) else { continue }
                slots[index].state = .settled
                acknowledgements.append(Acknowledgement(tag: tag, multiple: false))
            }
        }
        return acknowledgements
    }

    /// Settles every open delivery up to and including `tag`.
    ///
    /// - Returns: The acknowledgement to send, or `nil` where none was open.
    /// - Throws: ``AMQPError/Code/invalidArgument`` for a delivery that has not happened.
    mutating func acknowledge(
        upTo tag: UInt64,
        at now: MonotonicTime = .now
    ) throws(AMQPError) -> Acknowledgement? {
        guard tag > 0, tag < first + UInt64(slots.count) else {
            throw AMQPError(.invalidArgument, "The delivery \(tag) is unknown here.")
        }
        var last: UInt64?
        while first <= tag, let slot = slots.popFirst() {
            if slot.state == .open {
                last = first
                count -= 1
                recent.add(oneOf: slot.consumer, at: now)
            }
            first += 1
        }
        dropSettled()
        return last.map { Acknowledgement(tag: $0, multiple: true) }
    }

    /// Settles one delivery that is being rejected.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` where it is unknown or settled already.
    mutating func reject(_ tag: UInt64) throws(AMQPError) {
        guard let index = index(of: tag), slots[index].state == .open else {
            throw AMQPError(.invalidArgument, "The delivery \(tag) is unknown here or settled already.")
        }
        slots[index].state = .settled
        count -= 1
        dropSettled()
    }

    /// Whether acknowledgements may not have reached their queues yet, although they were sent.
    mutating func mayBePutBy(at now: MonotonicTime) -> Bool { recent.mayBePutBy(at: now) }

    private func index(of tag: UInt64) -> Int? {
        tag >= first && tag < first + UInt64(slots.count) ? Int(tag - first) : nil
    }

    private mutating func dropSettled() {
        while slots.first?.state == .settled {
            slots.removeFirst()
            first += 1
        }
    }
}
