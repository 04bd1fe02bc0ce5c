//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc

/// One connection of the C library, used on one thread only.
///
/// The library connects, logs in, decodes and encodes. Three things it is not trusted with, because 0.11 can hang in each:
/// waiting for answers (its remote calls go through every queued frame again for each answer), heartbeats (a lapsed one
/// makes a publish wait for ever), and, on a socket without TLS, sending. There frames are collected in a buffer and
/// written without waiting, many at a time; what is received is read and looked at here as well. Over TLS the library owns the
/// session and has to send and receive: a ``Watchdog`` stands by, and the broker has shown who it is.
final class Driver {
    /// The largest frame agreed upon, in bytes.
    let frameMax: Int
    /// The highest number a channel may have.
    let channelMax: UInt16
    /// The heartbeat interval agreed upon.
    let heartbeat: Duration
    /// The socket, to be watched for input.
    let socket: Int32
    /// When something was last handed to the socket.
    private(set) var lastSent = MonotonicTime.now

    let connection: amqp_connection_state_t
    let watchdog: Watchdog
    let usesTLS: Bool
    var inbound: InboundBuffer
    /// Whether the library has handed on all that it had read during the login, and the socket is read here from now on.
    var readsItself = false
    var assemblers: [ContentAssembler] = []
    private var outbound = OutboundBuffer()
    private var arena = WireArena()
    /// What may be sent over TLS before asking again whether the socket takes more.
    private var sendCredit = 0

    /// What may wait in the buffer before publishing pauses.
    private static let highWater = 1 << 20
    /// What a socket that says it is writable takes for certain: Linux says so while a third of its buffer is free.
    private static let creditPerPoll = 16 << 10

    /// Takes over a connection that has logged in, and destroys it where that fails.
    init(takingOwnership connection: amqp_connection_state_t, watchdog: Watchdog, usesTLS: Bool) throws(AMQPError) {
        self.connection = connection
        self.watchdog = watchdog
        self.usesTLS = usesTLS
        frameMax = Int(amqp_get_frame_max(connection))
        // A connection without channels would be of no use.
        channelMax = max(1, UInt16(clamping: amqp_get_channel_max(connection)))
        inbound = InboundBuffer(frameMax: frameMax, channelMax: channelMax)
        let seconds = amqp_get_heartbeat(connection)
        heartbeat = .seconds(Int(seconds))
        socket = amqp_get_sockfd(connection)
        // From here on heartbeats are ours: with an interval of 0 the library neither sends nor expects any.
        let status = amqp_tune_connection(connection, Int32(channelMax), Int32(frameMax), 0)
        if status != AMQP_STATUS_OK.rawValue { throw Self.error(status, watchdog) }
    }

    deinit {
        // Never amqp_connection_close, which waits for an answer that a dead peer does not give.
        amqp_destroy_connection(connection)
    }

    // MARK: Sending

    /// Whether frames wait for the socket to take them.
    var wantsWrite: Bool { outbound.count > 0 }

    /// Whether the socket would not take another message the last time it was asked.
    private(set) var isCongested = false

    /// Whether another message can be sent without waiting for the peer, as far as can be told.
    func canAcceptMessage() -> Bool {
        isCongested = !hasRoomForMessage()
        return !isCongested
    }

    private func hasRoomForMessage() -> Bool {
        if !usesTLS { return outbound.count < Self.highWater }
        if sendCredit > 0 { return true }
        var watched = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        guard poll(&watched, 1, 0) > 0 else { return false }
        sendCredit = Self.creditPerPoll
        return true
    }

    /// Sends a method.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` where it does not fit in a frame.
    func send<Method>(_ id: amqp_method_number_t, _ method: Method, on channel: UInt16) throws(AMQPError) {
        var method = method
        let status = withUnsafeMutablePointer(to: &method) { method in
            if usesTLS { return watchdog.guarding { amqp_send_method(connection, channel, id, method) } }
            return appendMethod(id, method, channel)
        }
        try checkSent(status)
    }

    /// Sends a method that has texts or a table, made in memory that lives until it is sent.
    func send<Method>(
        _ id: amqp_method_number_t,
        on channel: UInt16,
        _ make: (borrowing WireArena) -> Method
    ) throws(AMQPError) {
        defer { arena.reset() }
        try send(id, make(arena), on: channel)
    }

    /// Sends a message.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` where its headers do not fit in a frame; then nothing was sent.
    func publish(_ message: AMQPMessage, on channel: UInt16) throws(AMQPError) {
        defer { arena.reset() }
        var properties = arena.properties(message.properties)
        var method = amqp_basic_publish_t()
        method.exchange = arena.bytes(message.exchange)
        method.routing_key = arena.bytes(message.routingKey)
        method.mandatory = message.mandatory ? 1 : 0
        let status = message.body.withUnsafeBytes { body in
            usesTLS
                ? publishThroughLibrary(method, &properties, body, channel)
                : publishToBuffer(&method, &properties, body, channel)
        }
        try checkSent(status)
    }

    /// Sends a heartbeat.
    func sendHeartbeat() throws(AMQPError) {
        var status: Int32
        if usesTLS {
            var frame = amqp_frame_t()
            frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
            status = watchdog.guarding { amqp_send_frame(connection, &frame) }
        } else {
            status = outbound.append(type: AMQP_FRAME_HEARTBEAT, channel: 0, maximum: 0) { _ in 0 }
        }
        try checkSent(status)
    }

    /// Writes what waits, as far as the socket takes it.
    ///
    /// - Throws: ``AMQPError/Code/connectionClosed``.
    func flush() throws(AMQPError) {
        if outbound.count == 0 { return }
        let problem = outbound.write(to: socket)
        if problem != 0 {
            throw AMQPError(.connectionClosed, "The connection broke while sending (errno \(problem)).")
        }
    }

    private func checkSent(_ status: Int32) throws(AMQPError) {
        if status < 0 { throw Self.sendError(status, watchdog) }
        lastSent = .now
    }

    private func appendMethod(
        _ id: amqp_method_number_t,
        _ method: UnsafeMutableRawPointer,
        _ channel: UInt16
    ) -> Int32 {
        outbound.append(type: AMQP_FRAME_METHOD, channel: channel, maximum: maximumPayload) { payload in
            payload.storeBytes(of: id.bigEndian, as: UInt32.self)
            let rest = amqp_bytes_t(len: payload.count - 4, bytes: payload.baseAddress.map { $0 + 4 })
            let size = amqp_encode_method(id, method, rest)
            return size < 0 ? size : size + 4
        }
    }

    private func publishToBuffer(
        _ method: inout amqp_basic_publish_t,
        _ properties: inout amqp_basic_properties_t,
        _ body: UnsafeRawBufferPointer,
        _ channel: UInt16
    ) -> Int32 {
        let before = outbound.count
        var status = appendMethod(AMQP_BASIC_PUBLISH_METHOD, &method, channel)
        if status < 0 { return status }
        status = withUnsafeMutablePointer(to: &properties) { properties in
            outbound.append(type: AMQP_FRAME_HEADER, channel: channel, maximum: maximumPayload) { payload in
                payload.storeBytes(of: UInt16(AMQP_BASIC_CLASS).bigEndian, as: UInt16.self)
                payload.storeBytes(of: 0, toByteOffset: 2, as: UInt16.self)
                payload.storeBytes(of: UInt64(body.count).bigEndian, toByteOffset: 4, as: UInt64.self)
                let rest = amqp_bytes_t(len: payload.count - 12, bytes: payload.baseAddress.map { $0 + 12 })
                let size = amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), properties, rest)
                return size < 0 ? size : size + 12
            }
        }
        if status < 0 {
            // Half a message would put every later frame out of step.
            outbound.truncate(to: before)
            return status
        }
        var offset = 0
        while offset < body.count {
            let part = UnsafeRawBufferPointer(rebasing: body[offset..<min(body.count, offset + maximumPayload)])
            _ = outbound.append(type: AMQP_FRAME_BODY, channel: channel, maximum: part.count) { payload in
                payload.copyMemory(from: part)
                return Int32(part.count)
            }
            offset += part.count
        }
        return 0
    }

    private func publishThroughLibrary(
        _ method: amqp_basic_publish_t,
        _ properties: inout amqp_basic_properties_t,
        _ body: UnsafeRawBufferPointer,
        _ channel: UInt16
    ) -> Int32 {
        let bytes = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
        sendCredit -= 1_024 + body.count
        return withUnsafeMutablePointer(to: &properties) { properties in
            // Tried first: by the time the library found the header too large, the method would have been sent.
            let size = withUnsafeTemporaryAllocation(byteCount: maximumPayload - 12, alignment: 1) { scratch in
                let scratch = amqp_bytes_t(len: scratch.count, bytes: scratch.baseAddress)
                return amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), properties, scratch)
            }
            if size < 0 { return size }
            return watchdog.guarding {
                amqp_basic_publish(
                    connection,
                    channel,
                    method.exchange,
                    method.routing_key,
                    method.mandatory,
                    0,
                    properties,
                    bytes
                )
            }
        }
    }

    private var maximumPayload: Int { frameMax - OutboundBuffer.headerSize - OutboundBuffer.footerSize }
}
