//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc

/// Encoded frames that wait to be written to a socket.
struct OutboundBuffer: ~Copyable {
    /// The type octet, the channel and the size in front of every frame (AMQP 0-9-1, section 4.2.3).
    static let headerSize = 7
    /// The octet that ends every frame.
    static let footerSize = 1
    /// What is kept for the next time once the buffer has run empty; a large body may have made it grow far beyond.
    private static let keptCapacity = 4 << 20

    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0

    init() {
        capacity = 256 << 10
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    /// The number of bytes that wait.
    var count: Int { end - start }

    /// Adds a frame.
    ///
    /// - Parameters:
    ///   - type: The type octet.
    ///   - channel: The channel's number.
    ///   - maximum: The largest payload that may result.
    ///   - encode: Writes the payload and returns its size, or a negative status of the library.
    /// - Returns: 0, or the status; then nothing was added.
    mutating func append(
        type: Int32,
        channel: UInt16,
        maximum: Int,
        _ encode: (UnsafeMutableRawBufferPointer) -> Int32
    ) -> Int32 {
        reserve(maximum + Self.headerSize + Self.footerSize)
        let frame = memory + end
        let size = encode(UnsafeMutableRawBufferPointer(start: frame + Self.headerSize, count: maximum))
        guard size >= 0 else { return size }
        frame.storeBytes(of: UInt8(truncatingIfNeeded: type), as: UInt8.self)
        frame.storeBytes(of: channel.bigEndian, toByteOffset: 1, as: UInt16.self)
        frame.storeBytes(of: UInt32(bitPattern: size).bigEndian, toByteOffset: 3, as: UInt32.self)
        frame.storeBytes(of: UInt8(AMQP_FRAME_END), toByteOffset: Self.headerSize + Int(size), as: UInt8.self)
        end += Self.headerSize + Int(size) + Self.footerSize
        return 0
    }

    /// Takes back what was added since the buffer held `count` bytes.
    mutating func truncate(to count: Int) {
        end = start + count
    }

    /// Writes as much as the socket takes without waiting.
    ///
    /// - Returns: 0, or `errno` where the socket is broken.
    mutating func write(to socket: Int32) -> Int32 {
        while start < end {
            let written = send(socket, memory + start, end - start, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if written >= 0 {
                start += written
            } else if errno == EAGAIN {
                return 0
            } else if errno != EINTR {
                return errno
            }
        }
        (start, end) = (0, 0)
        if capacity > Self.keptCapacity {
            self = OutboundBuffer()
        }
        return 0
    }

    private mutating func reserve(_ size: Int) {
        if capacity - end >= size { return }
        let waiting = count
        if capacity - waiting >= size, start >= waiting {
            memory.copyMemory(from: memory + start, byteCount: waiting)
        } else {
            let newCapacity = max(capacity * 2, waiting + size)
            let newMemory = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
            newMemory.copyMemory(from: memory + start, byteCount: waiting)
            memory.deallocate()
            (memory, capacity) = (newMemory, newCapacity)
        }
        (start, end) = (0, waiting)
    }
}
