//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc
import Testing

@testable import AMQP

@Suite("InboundBuffer")
struct InboundBufferTests {
    private static let largest = 4_096

    @Test("Gives out frames whole and in order, however their bytes come", arguments: [1, 7, 100, 5_000])
    func reassembles(step: Int) throws {
        let frames = [
            RawFrame.method(10, 61),
            RawFrame.frame(8, 0, []),
            RawFrame.frame(3, 2, [UInt8](repeating: 7, count: Self.largest - 8)),
            RawFrame.frame(2, 2, [UInt8](repeating: 0, count: 14)),
        ]
        let bytes = Array((0..<5).map { _ in frames }.joined().joined())
        var buffer = InboundBuffer(frameMax: Self.largest, channelMax: 2)
        var taken: [[UInt8]] = []
        try withSocketPair { near, far in
            for start in stride(from: 0, to: bytes.count, by: step) {
                let part = bytes[start..<min(bytes.count, start + step)]
                try send(Array(part), to: far)
                let count = buffer.read(from: near)
                #expect(count == part.count)
                while true {
                    let hasFrame = buffer.hasFrame
                    let frame = try buffer.nextFrame()
                    #expect(hasFrame == (frame != nil))
                    guard let frame else { break }
                    taken.append(frame.array)
                }
            }
            let (nothing, reason) = (buffer.read(from: near), errno)
            #expect(nothing == -1)
            #expect(reason == EAGAIN)
            shutdown(far, Int32(SHUT_WR))
            let atEnd = buffer.read(from: near)
            #expect(atEnd == 0)
        }
        #expect(taken == (0..<5).flatMap { _ in frames })
    }

    @Test(
        "Refuses what cannot be by the header alone",
        arguments: [
            RawFrame.frame(1, 0, [0, 60, 0]),
            RawFrame.frame(2, 1, [UInt8](repeating: 0, count: 13)),
            RawFrame.frame(0, 0, []),
            RawFrame.frame(9, 1, []),
            RawFrame.frame(8, 3, []),
            RawFrame.frame(3, .max, [1]),
            [3, 0, 1] + RawFrame.bytes(UInt32(largest - 7)),
            [3, 0, 1] + RawFrame.bytes(UInt32.max),
        ]
    )
    func refuses(frame: [UInt8]) throws {
        var buffer = InboundBuffer(frameMax: Self.largest, channelMax: 2)
        try withSocketPair { near, far in
            try send(Array(frame.prefix(7)), to: far)
            let count = buffer.read(from: near)
            #expect(count == 7)
            var code: AMQPError.Code?
            do throws(AMQPError) { _ = try buffer.nextFrame() } catch { code = error.code }
            #expect(code == .protocolViolation)
        }
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws {
        try #require(write(socket, bytes, bytes.count) == bytes.count)
    }

    private func withSocketPair(_ body: (Int32, Int32) throws -> Void) throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        try body(ends[0], ends[1])
    }
}
