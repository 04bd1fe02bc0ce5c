//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc

/// What a socket without TLS has brought, given out one whole frame at a time.
///
/// A frame is looked at before the library decodes it: for every channel that a frame names, be it of a heartbeat, 0.11 sets
/// memory of the size of a frame aside and keeps it, and without Debian's security updates it reads beyond the end of a
/// content header that is too short.
struct InboundBuffer: ~Copyable {
    /// What is read at once, beside a frame that has begun.
    private static let readSize = 128 << 10

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private let frameMax: Int
    private let channelMax: UInt16
    private var start = 0
    private var end = 0

    /// Makes an empty buffer.
    ///
    /// - Parameters:
    ///   - frameMax: The largest frame agreed upon, in bytes.
    ///   - channelMax: The highest number a channel may have.
    init(frameMax: Int, channelMax: UInt16) {
        self.frameMax = frameMax
        self.channelMax = channelMax
        capacity = frameMax + Self.readSize
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    /// Whether a whole frame waits to be taken.
    var hasFrame: Bool { end - start >= OutboundBuffer.headerSize && end - start >= frameSize }

    /// Reads once from the socket, without waiting. No frame may be waiting.
    ///
    /// - Returns: How many bytes came, 0 where the peer has closed, or -1 with `errno` set.
    mutating func read(from socket: Int32) -> Int {
        // What is left is less than a frame.
        memory.copyMemory(from: memory + start, byteCount: end - start)
        (start, end) = (0, end - start)
        var count: Int
        repeat {
            count = recv(socket, memory + end, capacity - end, Int32(MSG_DONTWAIT))
        } while count < 0 && errno == EINTR
        end += max(0, count)
        return count
    }

    /// Takes the next frame; the bytes stay where they are until the next ``read(from:)``.
    ///
    /// - Returns: The frame, or `nil` where no whole one is here.
    /// - Throws: ``AMQPError/Code/protocolViolation`` for a frame that cannot be.
    mutating func nextFrame() throws(AMQPError) -> amqp_bytes_t? {
        guard end - start >= OutboundBuffer.headerSize else { return nil }
        let size = frameSize
        let frame = memory + start
        // Told by the header alone: what cannot be is not waited for.
        guard size <= frameMax, size >= Self.smallestFrame(ofType: frame.load(as: UInt8.self)) else {
            throw AMQPError(.protocolViolation, "The broker sent a frame of a type or size that cannot be.")
        }
        guard UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 1, as: UInt16.self)) <= channelMax else {
            throw AMQPError(.protocolViolation, "The broker used a channel above the highest agreed upon.")
        }
        guard end - start >= size else { return nil }
        start += size
        return amqp_bytes_t(len: size, bytes: frame)
    }

    /// The size of the frame whose header is here, with all that belongs to it.
    private var frameSize: Int {
        let payload = UInt32(bigEndian: memory.loadUnaligned(fromByteOffset: start + 3, as: UInt32.self))
        return OutboundBuffer.headerSize + Int(payload) + OutboundBuffer.footerSize
    }

    /// The size of the smallest frame of a type (AMQP 0-9-1, section 4.2.3); that of a type which is none is larger than any.
    private static func smallestFrame(ofType type: UInt8) -> Int {
        let payload: Int
        switch Int32(type) {
        // The class and the method.
        case AMQP_FRAME_METHOD: payload = 4
        // The class, a weight, the size of the body and the flags.
        case AMQP_FRAME_HEADER: payload = 14
        case AMQP_FRAME_BODY, AMQP_FRAME_HEARTBEAT: payload = 0
        default: return .max
        }
        return OutboundBuffer.headerSize + payload + OutboundBuffer.footerSize
    }
}
