//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Logging

/// The state of a connection, on its own thread.
///
/// Requests come in as closures for the thread (``perform(_:)``) rather than as calls of the actor: the answer then goes
/// straight to the task that waits, without a second visit to the thread.
actor ConnectionCore: PollingHandler {
    private enum Phase {
        case idle
        case open
        case closing
        case dead(AMQPError)
    }

    /// How many messages to send before looking at what has arrived.
    private static let publishBudget = 512
    /// How many events to handle before doing anything else; over plain TCP one read of the library ends it sooner.
    private static let receiveBudget = 8_192

    nonisolated let executor: PollingExecutor
    nonisolated let status = ConnectionStatus()
    nonisolated let configuration: AMQPConfiguration
    nonisolated let address: AMQPAddress
    nonisolated let logger: Logger
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    var channels: [UInt16: ChannelState] = [:]
    var lastConsumer = 0
    private(set) var driver: Driver?
    private var phase = Phase.idle
    private var closingDeadline = MonotonicTime.distantFuture
    private var onEnd: [@Sendable (AMQPError) -> Void] = []
    private var onUnblocked: [Promise<Void>] = []
    private var hasMoreInput = false
    /// Buffers that were added to since their consumers were last woken.
    private var filledBuffers: [ConsumerBuffer] = []

    /// Makes the state of a connection that is still to be made; its thread runs from here on.
    init(_ configuration: AMQPConfiguration, to address: AMQPAddress, logger: Logger) throws(AMQPError) {
        executor = try PollingExecutor()
        self.configuration = configuration
        self.address = address
        self.logger = logger
        try executor.start(self)
    }

    /// Runs a closure on the connection's thread, in turn with all others.
    nonisolated func perform(_ work: @escaping @Sendable (isolated ConnectionCore) -> Void) {
        executor.submit { self.assumeIsolated { work($0) } }
    }

    // MARK: Life

    /// Connects and logs in, which blocks the thread but nobody else.
    func connect(_ promise: Promise<Void>) {
        guard case .idle = phase else { return promise.fulfil(.failure(openError())) }
        do {
            let driver = try Driver.connect(configuration, to: address)
            self.driver = driver
            phase = .open
            status.lastInbound = .now
            status.isOpen = true
            promise.fulfil(.success(()))
        } catch {
            fail(error)
            promise.fulfil(.failure(error))
        }
    }

    /// Says goodbye to the broker; `onClosed` is called once the connection has ended.
    func close(_ onClosed: @escaping @Sendable () -> Void) {
        waitForEnd { _ in onClosed() }
        // Somebody else may be saying goodbye already.
        if case .closing = phase { return }
        guard case .open = phase, let driver else { return die(Self.closedError) }
        do {
            try driver.sendConnectionClose()
            if status.isBlocked {
                // The broker reads nothing from whoever published until it has room again; it will find this then.
                try driver.flush()
                return die(Self.closedError)
            }
            phase = .closing
            // Whoever is not heard from by then is not asked twice.
            closingDeadline = .now + min(configuration.operationTimeout, driver.heartbeat)
        } catch {
            fail(error)
        }
    }

    /// Ends the connection without a word to the broker.
    func abort() {
        die(Self.closedError)
    }

    /// Calls `onEnd` with the reason of the connection's end, once there is one.
    func waitForEnd(_ onEnd: @escaping @Sendable (AMQPError) -> Void) {
        if case .dead(let error) = phase { return onEnd(error) }
        self.onEnd.append(onEnd)
    }

    /// Waits for the broker to accept messages.
    func waitUntilUnblocked(_ promise: Promise<Void>) {
        if case .dead(let error) = phase { return promise.fulfil(.failure(error)) }
        if !status.isBlocked { return promise.fulfil(.success(())) }
        onUnblocked.append(promise)
    }

    /// Notes that the broker accepts messages again.
    func unblock() {
        status.isBlocked = false
        for promise in onUnblocked.takeAll() { promise.fulfil(.success(())) }
    }

    /// The open connection of the C library.
    ///
    /// - Throws: Why there is none.
    func openDriver() throws(AMQPError) -> Driver {
        guard case .open = phase, let driver else { throw openError() }
        return driver
    }

    /// Gives the connection up because of an error.
    func fail(_ error: AMQPError) {
        if case .closing = phase { return die(Self.closedError) }
        die(error)
    }

    private static let closedError = AMQPError(.closed, "The connection has been closed.")

    private func openError() -> AMQPError {
        if case .dead(let error) = phase { return error }
        return Self.closedError
    }

    private func die(_ error: AMQPError) {
        if case .dead = phase { return }
        phase = .dead(error)
        status.isOpen = false
        driver = nil
        for channel in channels.values { channel.fail(error) }
        channels = [:]
        for promise in onUnblocked.takeAll() { promise.fulfil(.failure(error)) }
        for onEnd in onEnd.takeAll() { onEnd(error) }
    }

    // MARK: The thread's turn

    nonisolated func turn(isReadable: Bool) -> PollInterest {
        assumeIsolated { $0.takeTurn(isReadable) }
    }

    private func takeTurn(_ isReadable: Bool) -> PollInterest {
        var hasMore = false
        do {
            if let driver, isReadable || hasMoreInput || driver.hasBufferedInput { try receive(driver) }
            if let driver {
                // Time is looked at after the input: a thread that was held up must not take that for a silent peer.
                let now = MonotonicTime.now
                try expire(driver, now)
                hasMore = try publish(driver, now)
                if driver.lastSent + driver.heartbeat / 2 <= now { try driver.sendHeartbeat() }
                try driver.flush()
            }
        } catch {
            fail(error)
        }
        wakeConsumers()
        guard let driver else { return PollInterest() }
        let isWaitingToPublish = !hasMore && isPublishing
        return PollInterest(
            socket: driver.socket,
            wantsWrite: driver.wantsWrite || driver.isCongested && isWaitingToPublish,
            deadline: hasMore || hasMoreInput ? .now : nextDeadline(driver)
        )
    }

    private func receive(_ driver: Driver) throws(AMQPError) {
        var budget = Self.receiveBudget
        while budget > 0, let event = try driver.nextEvent(readsSocket: budget == Self.receiveBudget) {
            try handle(event, driver)
            // Handling may have ended the connection.
            if self.driver == nil { return }
            budget -= 1
        }
        hasMoreInput = budget == 0
        status.lastInbound = .now
        wakeConsumers()
    }

    private func expire(_ driver: Driver, _ now: MonotonicTime) throws(AMQPError) {
        if status.lastInbound + driver.heartbeat * 2 <= now {
            throw AMQPError(.heartbeatTimeout, "Nothing was heard from the broker for two heartbeat intervals.")
        }
        if closingDeadline <= now { return die(Self.closedError) }
        for channel in channels.values {
            channel.expireBatches(now, isBlocked: status.isBlocked)
            if channel.requestDeadline <= now { try giveUp(channel, driver) }
        }
    }

    /// Closes a channel whose answers are overdue: later ones could no longer be told apart.
    private func giveUp(_ channel: ChannelState, _ driver: Driver) throws(AMQPError) {
        channel.fail(AMQPError(.operationTimedOut, "The broker did not answer a request within the time allowed."))
        if channel.isClosing { return }
        channel.isClosing = true
        try driver.sendChannelClose(channel.handle.number)
    }

    private func nextDeadline(_ driver: Driver) -> MonotonicTime {
        var deadline = min(driver.lastSent + driver.heartbeat / 2, status.lastInbound + driver.heartbeat * 2)
        deadline = min(deadline, closingDeadline)
        for channel in channels.values {
            deadline = min(deadline, channel.requestDeadline, channel.batchDeadline)
        }
        return deadline
    }

    // MARK: Publishing

    private var isPublishing: Bool { channels.values.contains { !$0.batches.isEmpty } }

    /// Sends what waits to be published, as far as the broker, the window and the socket allow.
    ///
    /// - Returns: Whether there is more that could be sent at once.
    private func publish(_ driver: Driver, _ now: MonotonicTime) throws(AMQPError) -> Bool {
        guard case .open = phase, !status.isBlocked, now - status.lastInbound <= driver.heartbeat else { return false }
        var hasMore = false
        for channel in channels.values where !channel.batches.isEmpty && !channel.isPaused {
            var budget = Self.publishBudget
            while let batch = channel.batches.first, channel.confirms.count < channel.maximumOutstanding {
                guard let slot = batch.nextSlot else {
                    channel.batches.removeFirst()
                    continue
                }
                guard driver.canAcceptMessage() else { return false }
                if budget == 0 {
                    hasMore = true
                    break
                }
                budget -= 1
                try publish(slot, on: channel, driver)
            }
        }
        return hasMore
    }

    private func publish(_ slot: PublishBatch.Slot, on channel: ChannelState, _ driver: Driver) throws(AMQPError) {
        slot.batch.advance()
        do {
            try driver.publish(slot.message, on: channel.handle.number)
            channel.confirms.append(slot)
        } catch  where error.code == .invalidArgument {
            slot.batch.settle(slot.index, failure: .failed(error))
        } catch {
            slot.batch.settle(slot.index, failure: .failed(error))
            throw error
        }
    }

    // MARK: Consuming

    /// Notes that a buffer was added to, so that its consumers are woken once for everything that came together.
    func noteFilled(_ buffer: ConsumerBuffer) {
        if filledBuffers.last !== buffer { filledBuffers.append(buffer) }
    }

    private func wakeConsumers() {
        for buffer in filledBuffers.takeAll() { buffer.wake() }
    }
}
