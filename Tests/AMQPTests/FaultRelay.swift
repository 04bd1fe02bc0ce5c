//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Dispatch
import Glibc
import Synchronization

/// A relay between a client and the broker that can lose, hold and make up bytes.
final class FaultRelay: Sendable {
    private struct State {
        var isHolding = false
        var isRefusing = false
        var mustCut = false
        var mustStop = false
        var injected: [UInt8] = []
        var connections = 0
    }

    private struct Pair {
        var client: Int32
        var broker: Int32
    }

    /// Where clients connect to.
    let address: AMQPAddress
    private let brokerPort: Int
    private let listener: Int32
    private let wakeUp: (read: Int32, write: Int32)
    private let state = Mutex(State())
    private let finished = DispatchSemaphore(value: 0)

    /// Makes a relay to the broker of the tests and runs `body` with it.
    static func withRelay<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (FaultRelay) async throws -> sending Result
    ) async throws -> sending Result {
        let relay = try FaultRelay(to: TestBroker.configuration().addresses[0].port)
        defer { relay.stop() }
        return try await body(relay)
    }

    private init(to brokerPort: Int) throws {
        self.brokerPort = brokerPort
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(listener, pointer, size) | listen(listener, 16) | getsockname(listener, pointer, &size)
            }
        }
        var ends: [Int32] = [0, 0]
        guard status == 0, pipe(&ends) == 0 else { throw AMQPError(.connectFailed, "The relay has no socket.") }
        self.address = AMQPAddress(port: Int(UInt16(bigEndian: address.sin_port)))
        wakeUp = (ends[0], ends[1])
        DispatchQueue(label: "relay").async { self.run() }
    }

    /// How many connections have been made through the relay.
    var connections: Int { state.withLock { $0.connections } }

    /// Stops passing bytes on, in either direction, without closing anything.
    func hold() { change { $0.isHolding = true } }

    /// Closes every connection.
    func cut() { change { $0.mustCut = true } }

    /// Closes every connection that is made from now on at once, or no longer does so.
    func refuse(_ isRefusing: Bool) { change { $0.isRefusing = isRefusing } }

    /// Sends bytes to the clients as if they came from the broker, which should be quiet.
    func inject(_ bytes: [UInt8]) { change { $0.injected += bytes } }

    private func stop() {
        change { $0.mustStop = true }
        finished.wait()
        for descriptor in [listener, wakeUp.read, wakeUp.write] { _ = Glibc.close(descriptor) }
    }

    private func change(_ body: (inout sending State) -> Void) {
        state.withLock { body(&$0) }
        _ = write(wakeUp.write, [0], 1)
    }

    private func run() {
        var pairs: [Pair] = []
        while true {
            let orders = state.withLock { state in
                defer { (state.mustCut, state.injected) = (false, []) }
                return state
            }
            if orders.mustCut || orders.mustStop {
                for pair in pairs { Self.close(pair) }
                pairs = []
            }
            if orders.mustStop { break }
            for pair in pairs { Self.send(orders.injected, to: pair.client) }
            wait(for: &pairs, orders)
        }
        finished.signal()
    }

    private func wait(for pairs: inout [Pair], _ orders: State) {
        var watched = [wakeUp.read, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if !orders.isHolding {
            for pair in pairs {
                watched.append(pollfd(fd: pair.client, events: Int16(POLLIN), revents: 0))
                watched.append(pollfd(fd: pair.broker, events: Int16(POLLIN), revents: 0))
            }
        }
        guard poll(&watched, nfds_t(watched.count), -1) > 0 else { return }
        if watched[0].revents != 0 {
            var ignored: UInt8 = 0
            _ = read(wakeUp.read, &ignored, 1)
        }
        var closed: [Int] = []
        for (index, pair) in pairs.enumerated() where !orders.isHolding {
            let clientGone = watched[2 + 2 * index].revents != 0 && !Self.pass(from: pair.client, to: pair.broker)
            let brokerGone = watched[3 + 2 * index].revents != 0 && !Self.pass(from: pair.broker, to: pair.client)
            if clientGone || brokerGone { closed.append(index) }
        }
        for index in closed.reversed() { Self.close(pairs.remove(at: index)) }
        if watched[1].revents != 0, let pair = accept() { pairs.append(pair) }
    }

    private func accept() -> Pair? {
        let client = Glibc.accept(listener, nil, nil)
        // As it is now: the connection may have come after orders that are still to be read.
        let isRefusing = state.withLock { state in
            state.connections += 1
            return state.isRefusing
        }
        let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(brokerPort)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(broker, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let pair = Pair(client: client, broker: broker)
        if status == 0 && !isRefusing { return pair }
        Self.close(pair)
        return nil
    }

    private static func pass(from source: Int32, to target: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(source, &bytes, bytes.count, 0)
        if count > 0 { send(Array(bytes[..<count]), to: target) }
        return count > 0
    }

    private static func send(_ bytes: [UInt8], to target: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func close(_ pair: Pair) {
        _ = Glibc.close(pair.client)
        _ = Glibc.close(pair.broker)
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// Frames as a broker would send them, for ``FaultRelay/inject(_:)``.
enum RawFrame {
    static func method(_ classID: UInt16, _ methodID: UInt16, channel: UInt16 = 0, _ arguments: [UInt8] = []) -> [UInt8]
    {
        frame(1, channel, bytes(classID) + bytes(methodID) + arguments)
    }

    static func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        [type] + bytes(channel) + bytes(UInt32(payload.count)) + payload + [0xCE]
    }

    static func shortString(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
