//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@testable import AMQP

/// What the worst inputs of a size cost while they are read; measured in processes of their own, where nothing else grows.
@Suite("Memory while reading")
struct DecodingMemoryTests {
    /// The most memory for a byte of a body: 16 MiB for the largest that is taken.
    private static let mostPerBodyByte = 64
    /// The most memory for a byte of a frame with a table: 24 MiB for the largest frame.
    private static let mostPerTableByte = 192

    @Test("is at most 64 times a body of JSON, whatever its shape")
    func bodies() async {
        await #expect(processExitsWith: .success) {
            let organization = try OrganizationFile.organization(from: Street.small.file())
            for (name, body) in Shapes.bodies {
                for verb in [CommandVerb.issue, .complete] {
                    let message = try Shapes.command(verb, body: body, in: organization)
                    try Memory.expectGrowth(atMost: Self.mostPerBodyByte, of: body.count, name) {
                        #expect(throws: BadMessage.self) { try CommandCodec().decode(message, in: organization) }
                    }
                }
            }
        }
    }

    @Test("is at most 192 times a table, whatever its shape")
    func tables() async {
        await #expect(processExitsWith: .success) {
            for (name, table) in Shapes.tables {
                try Memory.expectGrowth(atMost: Self.mostPerTableByte, of: table.count, name) {
                    Shapes.read(table)
                }
            }
        }
    }
}

private enum Memory {
    /// Runs `body`, which reads `size` bytes, and expects the process to have grown by no more than `factor` times as much.
    static func expectGrowth(atMost factor: Int, of size: Int, _ name: String, _ body: () throws -> Void) throws {
        let before = try figure("VmRSS")
        // From here on the peak is counted anew.
        let file = open("/proc/self/clear_refs", O_WRONLY)
        #expect(write(file, "5", 1) == 1)
        close(file)
        try body()
        let growth = try figure("VmHWM") - before
        #expect(growth <= factor * size, "\(name): \(growth) bytes for \(size), \(growth / size) times as much")
    }

    private static func figure(_ name: String) throws -> Int {
        var text = [UInt8](repeating: 0, count: 8_192)
        let file = open("/proc/self/status", O_RDONLY)
        defer { close(file) }
        let count = read(file, &text, text.count)
        let lines = String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + ":") })
        return 1_024 * (try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }))
    }
}

private enum Shapes {
    /// Bodies of the largest size that is read, or near it.
    static var bodies: [(String, [UInt8])] {
        let size = 262_000
        func repeated(_ head: String, _ part: String, _ tail: String) -> [UInt8] {
            Array((head + String(repeating: part, count: (size - 64) / part.utf8.count) + tail).utf8)
        }
        return [
            ("tiny numbers", repeated("{\"scope\":[0", ",0", "]}")),
            ("empty arrays", repeated("{\"scope\":[[]", ",[]", "]}")),
            ("empty objects", repeated("{\"scope\":[{}", ",{}", "]}")),
            ("tiny texts", repeated("{\"scope\":[\"\"", ",\"\"", "]}")),
            ("one name", repeated("{\"a\":0", ",\"a\":0", "}")),
            ("many names", Array(("{" + (0..<26_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}").utf8)),
            ("a long number", repeated("{\"assignment\":1", "0", "}")),
            ("a long fraction", repeated("{\"assignment\":0.", "0", "1}")),
            ("a long text", repeated("{\"assignment\":\"", "x", "\"}")),
            ("escapes", repeated("{\"assignment\":\"", "\\u4e00", "\"}")),
            ("deep arrays", repeated("{\"scope\":", "[", "}")),
            ("deep objects", repeated("", "{\"a\":", "")),
            ("no text", [UInt8](repeating: 0xff, count: size)),
        ]
    }

    static func command(_ verb: CommandVerb, body: [UInt8], in organization: Organization) throws -> StoredMessage {
        let actor = Street.small.liaison(1, 1, 1)
        let mailbox = try #require(organization.mailbox(of: actor))
        return StoredMessage(
            exchange: ExchangeName.commands,
            routingKey: "\(mailbox.name).\(actor.code).\(verb.rawValue)",
            messageID: "memory",
            headers: ["ce-source": actor.text],
            type: verb.type,
            correlationID: nil,
            body: body
        )
    }

    /// Tables that fill a frame, or announce more than there is.
    static var tables: [(String, [UInt8])] {
        let size = 131_000
        func sized(_ content: [UInt8]) -> [UInt8] { bytes(content.count) + content }
        func nested(_ level: [UInt8]) -> [UInt8] {
            let step = level.count + 4
            var content: [UInt8] = []
            for depth in stride(from: size / step - 1, through: 0, by: -1) { content += level + bytes(depth * step) }
            return content
        }
        func repeated(_ kind: Unicode.Scalar) -> [UInt8] { sized([UInt8](repeating: UInt8(ascii: kind), count: size)) }
        // An entry without a name.
        let array: [UInt8] = [0, UInt8(ascii: "A")]
        let text: [UInt8] = [0, UInt8(ascii: "S")]
        var emptyArrays: [UInt8] = []
        for _ in 0..<size / 6 { emptyArrays += array + bytes(0) }
        var namedTables: [UInt8] = []
        for number in 0..<size / 10 { namedTables += [4] + bytes(number) + [UInt8(ascii: "F")] + bytes(0) }
        let zeros = [UInt8](repeating: 0, count: size)
        return [
            ("nothing in an array", sized(array + repeated("V"))),
            ("flags in an array", sized(array + repeated("t"))),
            ("empty arrays", sized(emptyArrays)),
            ("named tables", sized(namedTables)),
            ("deep tables", sized(nested([0, UInt8(ascii: "F")]))),
            ("deep arrays", sized([0] + nested([UInt8(ascii: "A")]))),
            ("no UTF-8", sized(text + sized([UInt8](repeating: 0xff, count: size)))),
            ("a long text", sized(text + repeated(" "))),
            ("a size beyond the end", sized(array + bytes(0x7fff_ffff) + zeros)),
            ("a length beyond the end", sized(text + bytes(-1) + zeros)),
        ]
    }

    /// Reads a table as the client does, and looks at it as at the headers of a message.
    static func read(_ table: [UInt8]) {
        var table = table
        table.withUnsafeMutableBytes { bytes in
            var pool = amqp_pool_t()
            init_amqp_pool(&pool, 131_072)
            defer { empty_amqp_pool(&pool) }
            var decoded = amqp_table_t()
            var end = 0
            let encoded = amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress)
            guard amqp_decode_table(encoded, &pool, &decoded, &end) == 0 else { return }
            let headers = AMQPTable(decoded)
            _ = StoredMessage(
                AMQPDelivery(queue: "", deliveryTag: 0, routingKey: "", properties: AMQPProperties(headers: headers))
            )
        }
    }

    private static func bytes(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Array($0) }
    }
}
