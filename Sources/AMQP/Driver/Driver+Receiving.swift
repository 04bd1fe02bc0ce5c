//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc

extension Driver {
    /// Whether there is input that the socket no longer shows.
    var hasBufferedInput: Bool { inbound.hasFrame || libraryHasInput }

    private var libraryHasInput: Bool { amqp_frames_enqueued(connection) != 0 || amqp_data_in_buffer(connection) != 0 }

    /// Reads what has arrived, without waiting.
    ///
    /// - Parameter readsSocket: Whether to look for more at the socket, which needs to be done once when it has become
    ///   readable; asking it again would cost two system calls to learn what the next `poll` tells anyway.
    /// - Returns: What was said, or `nil` where nothing complete is there.
    /// - Throws: ``AMQPError/Code/connectionClosed`` or ``AMQPError/Code/protocolViolation``.
    func nextEvent(readsSocket: Bool) throws(AMQPError) -> InboundEvent? {
        var readsSocket = readsSocket
        while let frame = try nextFrame(&readsSocket) {
            // Everything is copied while it is looked at, so the library can have its memory back at once.
            defer { amqp_maybe_release_buffers_on_channel(connection, frame.channel) }
            if let event = try event(frame) { return event }
        }
        return nil
    }

    private func nextFrame(_ readsSocket: inout Bool) throws(AMQPError) -> amqp_frame_t? {
        if !readsItself {
            // With the answer to the login more may have come, the beginning of a frame too, which the library has to finish.
            readsItself = !usesTLS && !libraryHasInput && amqp_release_buffers_ok(connection) != 0
        }
        return try readsItself ? nextOwnFrame(&readsSocket) : nextLibraryFrame(&readsSocket)
    }

    private func nextOwnFrame(_ readsSocket: inout Bool) throws(AMQPError) -> amqp_frame_t? {
        while true {
            if let bytes = try inbound.nextFrame() {
                var frame = amqp_frame_t()
                let status = amqp_handle_input(connection, bytes, &frame)
                if status < 0 { throw Self.error(status, watchdog) }
                return frame
            }
            guard readsSocket else { return nil }
            readsSocket = false
            let count = inbound.read(from: socket)
            if count < 0 && errno == EAGAIN { return nil }
            if count <= 0 { throw Self.error(AMQP_STATUS_CONNECTION_CLOSED.rawValue, watchdog) }
        }
    }

    private func nextLibraryFrame(_ readsSocket: inout Bool) throws(AMQPError) -> amqp_frame_t? {
        // Over TLS the session may hold bytes that the socket does not show, so that only asking tells.
        guard readsSocket || usesTLS || libraryHasInput else { return nil }
        readsSocket = false
        var frame = amqp_frame_t()
        var noTime = timeval()
        let status = amqp_simple_wait_frame_noblock(connection, &frame, &noTime)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        if status != AMQP_STATUS_OK.rawValue { throw Self.error(status, watchdog) }
        return frame
    }

    private func event(_ frame: amqp_frame_t) throws(AMQPError) -> InboundEvent? {
        let channel = frame.channel
        // One assembler is kept for each number up to the highest that was used.
        guard channel <= channelMax else {
            throw AMQPError(.protocolViolation, "The broker used a channel above the highest agreed upon.")
        }
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return try methodEvent(frame.payload.method, channel)
        case AMQP_FRAME_HEADER:
            let header = frame.payload.properties
            guard Int32(header.class_id) == AMQP_BASIC_CLASS, let decoded = header.decoded else {
                throw AMQPError(.protocolViolation, "The broker sent a content header of an unknown class.")
            }
            let properties = decoded.load(as: amqp_basic_properties_t.self)
            return try withAssembler(channel) { (assembler) throws(AMQPError) in
                try assembler.add(properties, bodySize: header.body_size, channel: channel)
            }
        case AMQP_FRAME_BODY:
            return try withAssembler(channel) { (assembler) throws(AMQPError) in
                try assembler.add(frame.payload.body_fragment.buffer, channel: channel)
            }
        default:
            return nil
        }
    }

    /// Lets `body` change the assembler of a channel.
    func withAssembler<Result>(
        _ channel: UInt16,
        _ body: (inout ContentAssembler) throws(AMQPError) -> Result
    ) throws(AMQPError) -> Result {
        while assemblers.count <= Int(channel) { assemblers.append(ContentAssembler()) }
        return try body(&assemblers[Int(channel)])
    }

    /// Forgets a message that had begun on a channel which is no more.
    func resetAssembler(_ channel: UInt16) {
        if assemblers.count > Int(channel) { assemblers[Int(channel)] = ContentAssembler() }
    }
}
