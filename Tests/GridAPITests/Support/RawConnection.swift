//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import Testing

/// A connection of a test on which it says what no client would.
final class RawConnection: Sendable {
    private let socket: Int32

    /// Connects to a port of this machine.
    init(to port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit { close() }

    /// Sends a text; whether it is taken, the answer tells.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Says that no more will come.
    func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// What comes until `end` is in it, the other side is done, or nothing has come for a while.
    func receive(until end: String? = nil, milliseconds: Int = 10_000) async -> String {
        await withCheckedContinuation { continuation in
            // A thread of its own, because the wait blocks it.
            Thread.detachNewThread { [self] in continuation.resume(returning: wait(until: end, milliseconds)) }
        }
    }

    private func wait(until end: String?, _ milliseconds: Int) -> String {
        var limit = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
            if let end, String(decoding: received, as: UTF8.self).contains(end) { break }
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Ends the connection.
    func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func close() { _ = Glibc.close(socket) }
}
