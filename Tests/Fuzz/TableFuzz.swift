//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import GridRuntime
import GridStore

@testable import AMQP

/// Field tables from the wire.
enum TableFuzz {
    /// Decodes a table as the client does; what holds by the client's own rules has to be encoded and decoded again.
    static func read(_ input: [UInt8]) {
        guard let table = decode(input) else { return }
        _ = StoredMessage(
            AMQPDelivery(queue: "", deliveryTag: 0, routingKey: "", properties: AMQPProperties(headers: table))
        )
        do {
            try AMQPFieldValue.validate(table)
        } catch {
            return
        }
        let arena = WireArena()
        var source = arena.table(table)
        // A name that was no UTF-8 has become longer, at most threefold.
        var memory = [UInt8](repeating: 0, count: 4 * input.count + 64)
        let size = memory.withUnsafeMutableBytes { memory -> Int in
            var size = 0
            let status = amqp_encode_table(amqp_bytes_t(len: memory.count, bytes: memory.baseAddress), &source, &size)
            guard status == 0 else { fatalError("A sound table cannot be encoded: \(status)") }
            return size
        }
        guard decode(Array(memory[..<size]))?.count == table.count else { fatalError("A table comes back otherwise") }
    }

    private static func decode(_ input: [UInt8]) -> AMQPTable? {
        var input = input
        return input.withUnsafeMutableBytes { bytes in
            var pool = amqp_pool_t()
            init_amqp_pool(&pool, 4_096)
            defer { empty_amqp_pool(&pool) }
            var table = amqp_table_t()
            var end = 0
            let encoded = amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress)
            return amqp_decode_table(encoded, &pool, &table, &end) == 0 ? AMQPTable(table) : nil
        }
    }
}
