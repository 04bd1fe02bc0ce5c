//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc
import GridRuntime
import GridStore

@testable import AMQP

/// What a broker sends once the client has logged in, read by the client's own driver over a socket.
enum FrameFuzz {
    private static let frameMax: Int32 = 131_072
    private static let channelMax: Int32 = 2_047

    static func read(_ input: [UInt8]) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0,
            let connection = amqp_new_connection(), let socket = amqp_tcp_socket_new(connection)
        else { fatalError("No socket pair can be made") }
        amqp_tcp_socket_set_sockfd(socket, ends[0])
        // The library takes limits only once it has heard something, such as a protocol header.
        var greeting = Array("AMQP".utf8) + [0, 0, 9, 1]
        greeting.withUnsafeMutableBytes { bytes in
            var frame = amqp_frame_t()
            amqp_handle_input(connection, amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress), &frame)
        }
        amqp_tune_connection(connection, channelMax, frameMax, 0)
        // What the socket does not take in one go is left out.
        _ = input.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        do {
            let watchdog = Watchdog(socket: ends[0], limit: .seconds(10))
            let driver = try Driver(takingOwnership: connection, watchdog: watchdog, usesTLS: false)
            var ledgers = Ledgers()
            while let event = try driver.nextEvent(readsSocket: true) { try ledgers.note(event) }
        } catch {
            // The connection would be ended, which is right.
        }
    }

    /// What a channel keeps of the numbers that a broker uses; three messages wait for their confirms.
    private struct Ledgers {
        var confirms = ConfirmLedger<Int>()
        var deliveries = DeliveryLedger()

        init() {
            for number in 1...3 { confirms.append(number) }
        }

        mutating func note(_ event: InboundEvent) throws(AMQPError) {
            switch event {
            case .delivery(_, _, let delivery):
                try deliveries.append(delivery.deliveryTag)
                _ = try deliveries.acknowledge(upTo: delivery.deliveryTag)
                FrameFuzz.look(at: delivery)
            case .returned(_, _, _, let delivery): FrameFuzz.look(at: delivery)
            case .confirmed(_, let tag, let multiple, _): try confirms.settle(tag, multiple: multiple) { _ in }
            default: break
            }
        }
    }

    private static func look(at delivery: AMQPDelivery) {
        let letter = DeadLetter(StoredMessage(delivery), from: "fuzz")
        _ = letter.message.outgoing
    }
}
