//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore

/// A message as a text that a fuzzer can take apart: a line for each header, an empty line, the body. The names `:exchange`,
/// `:key`, `:id`, `:type` and `:order` stand for what is no header.
enum MessageText {
    /// Reads any bytes as a message.
    static func message(_ input: [UInt8]) -> StoredMessage {
        var fields: [String: String] = [:]
        var rest = input[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts.last ?? [], as: UTF8.self)
        }
        return StoredMessage(
            exchange: fields.removeValue(forKey: ":exchange") ?? "",
            routingKey: fields.removeValue(forKey: ":key") ?? "",
            messageID: fields.removeValue(forKey: ":id") ?? "",
            headers: fields,
            type: fields.removeValue(forKey: ":type") ?? "",
            correlationID: fields.removeValue(forKey: ":order"),
            body: Array(rest)
        )
    }
}
