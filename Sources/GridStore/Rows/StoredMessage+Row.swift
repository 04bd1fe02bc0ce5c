//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension StoredMessage {
    /// The columns, in the order in which `init(row:from:)` reads them.
    static let columns = "exchange, routingKey, messageID, type, correlationID, headers, body"

    /// Reads a message whose first column is the `first`-th of the row.
    init(row: ResultRow, from first: Int) throws {
        let headers: [String: String] = try row.withBytes(first + 5) { bytes in
            guard let bytes else { throw row.unreadable(first + 5) }
            do {
                return try JSONDecoder().decode([String: String].self, from: Data(bytes))
            } catch {
                throw StoreError(.corrupt, "A message's headers cannot be read; restore a backup.", cause: error)
            }
        }
        try self.init(
            exchange: row.text(first),
            routingKey: row.text(first + 1),
            messageID: row.text(first + 2),
            headers: headers,
            type: row.text(first + 3),
            correlationID: row.textIfAny(first + 4),
            body: row.bytes(first + 6)
        )
    }

    /// Binds `columns`.
    func bind(_ binder: inout Binder) {
        binder.add(exchange)
        binder.add(routingKey)
        binder.add(messageID)
        binder.add(type)
        binder.add(correlationID)
        binder.add(headersText)
        binder.add(body)
    }

    /// The headers as JSON text.
    ///
    /// Written out by hand, because every message sent passes here and an encoder costs more than the row's insertion.
    var headersText: String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(headers.reduce(2) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 })
        for (name, value) in headers {
            if text.count > 1 {
                text.append(UInt8(ascii: ","))
            }
            Self.appendQuoted(name, to: &text)
            text.append(UInt8(ascii: ":"))
            Self.appendQuoted(value, to: &text)
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a JSON string: RFC 8259 asks to escape the quotation mark, the backslash and the control characters.
    private static func appendQuoted(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            if bytes.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
                for byte in bytes { append(escaping: byte, to: &text) }
            } else {
                text.append(contentsOf: bytes)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func append(escaping byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            text.append(UInt8(ascii: "\\"))
            text.append(byte)
        case 0..<0x20:
            text.append(contentsOf: "\\u00".utf8)
            let digits = Array("0123456789abcdef".utf8)
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        default:
            text.append(byte)
        }
    }
}
