//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Testing

@testable import AMQP

@Suite("AMQPFieldValue")
struct AMQPFieldValueTests {
    @Test("Comes back as it went through the wire format")
    func roundTrips() throws {
        let table: AMQPTable = [
            "bool": false, "int8": .int8(.min), "uint8": .uint8(.max), "int16": .int16(.min), "uint16": .uint16(.max),
            "int32": .int32(.min), "uint32": .uint32(.max), "int64": .int64(.max), "float": .float(-0.5),
            "double": 1e300, "decimal": .decimal(scale: 3, value: 99), "string": "派工", "bytes": .bytes([0xFF, 0]),
            "timestamp": .timestamp(.max), "array": [1, ["nested"], nil], "table": ["a": ["b": ["c": true]]],
            "void": nil,
            "": "", "no text": .string(""), "no bytes": .string(""),
        ]
        #expect(try roundTrip(table) == table)
    }

    @Test("Cuts off what is nested deeper than anything sensible")
    func cutsDepth() throws {
        func nested(_ depth: Int) -> AMQPTable {
            (0..<depth).reduce(into: [:]) { table, _ in table = ["t": .table(table)] }
        }
        try AMQPFieldValue.validate(nested(63))
        #expect(throws: AMQPError.self) { try AMQPFieldValue.validate(nested(64)) }
        // What a peer sends is not refused but cut.
        var table = try roundTrip(nested(100))
        var depth = 1
        while case .table(let inner)? = table["t"] {
            table = inner
            depth += 1
        }
        #expect(depth == AMQPFieldValue.maximumDepth)
        #expect(table["t"] == .void)
    }

    @Test("Refuses names and numbers that have no place in a frame")
    func refuses() {
        #expect(throws: AMQPError.self) { try AMQPFieldValue.validate([String(repeating: "n", count: 256): 1]) }
        #expect(throws: AMQPError.self) { try AMQPFieldValue.uint64(.max).validate() }
        #expect(throws: Never.self) { try AMQPFieldValue.uint64(UInt64(Int64.max)).validate() }
    }

    @Test("Reads whole numbers of every width")
    func readsIntegers() {
        let values: [AMQPFieldValue] = [
            .int8(5), .uint8(5), .int16(5), .uint16(5), .int32(5), .uint32(5), 5, .uint64(5),
        ]
        #expect(values.allSatisfy { $0.integerValue == 5 })
        #expect(AMQPFieldValue.uint64(.max).integerValue == nil)
        #expect(AMQPFieldValue.string("5").integerValue == nil)
    }

    private func roundTrip(_ table: AMQPTable) throws -> AMQPTable {
        let arena = WireArena()
        var source = arena.table(table)
        var memory = [UInt8](repeating: 0, count: 65_536)
        return try memory.withUnsafeMutableBytes { memory in
            let bytes = amqp_bytes_t(len: memory.count, bytes: memory.baseAddress)
            var size = 0
            try #require(amqp_encode_table(bytes, &source, &size) == 0)
            var pool = amqp_pool_t()
            init_amqp_pool(&pool, 4_096)
            defer { empty_amqp_pool(&pool) }
            var decoded = amqp_table_t()
            var end = 0
            try #require(amqp_decode_table(bytes, &pool, &decoded, &end) == 0)
            #expect(end == size)
            return AMQPTable(decoded)
        }
    }
}
