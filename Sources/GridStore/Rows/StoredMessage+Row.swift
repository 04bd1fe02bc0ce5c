//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension StoredMessage {
    /// The columns, in the order in which `init(row:from:)` reads them.
    static let columns = "exchange, routingKey, messageID, type, correlationID, headers, body"

    /// Reads a message whose first column is the `first`-th of the row.
    init(row: Row, from first: Int) throws {
        let headers: [String: String] = try row.withUnsafeData(atIndex: first + 5) { data in
            guard let data else { throw row.unreadable(first + 5) }
            do {
                return try JSONDecoder().decode([String: String].self, from: data)
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
        for byte in string.utf8 {
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
        text.append(UInt8(ascii: "\""))
    }
}
