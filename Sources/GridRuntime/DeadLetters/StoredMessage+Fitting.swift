//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore

/// What fits into a message on the wire.
///
/// A message that came in need not fit on its way out: bytes that are no UTF-8 were read as U+FFFD, which is three bytes
/// long, and a dead letter carries its reason in addition. One that cannot be sent would stay in the outbox for ever.
extension StoredMessage {
    /// The longest short string of AMQP 0-9-1 (section 4.2.5.3), in bytes; names and identifiers are such.
    private static let shortString = 255
    /// The most bytes of headers kept: well below the 128 KiB of a frame, which has to hold them all.
    private static let headerRoom = 65_536
    /// The most bytes of one header's value kept.
    private static let headerValue = 4_096

    /// The message with everything cut off that is too long to be sent; its body is never touched.
    ///
    /// Where there are too many headers, the shortest are kept.
    func cutToFit() -> StoredMessage {
        var message = self
        message.routingKey = routingKey.prefix(bytes: Self.shortString)
        message.messageID = messageID.prefix(bytes: Self.shortString)
        message.type = type.prefix(bytes: Self.shortString)
        message.correlationID = correlationID?.prefix(bytes: Self.shortString)
        var room = Self.headerRoom
        message.headers = [:]
        let size = { (header: (key: String, value: String)) in header.key.utf8.count + header.value.utf8.count }
        for (name, value) in headers.sorted(by: { (size($0), $0.key) < (size($1), $1.key) }) {
            guard name.utf8.count <= Self.shortString else { continue }
            let value = value.prefix(bytes: Self.headerValue)
            room -= size((name, value))
            guard room >= 0 else { break }
            message.headers[name] = value
        }
        return message
    }
}

extension String {
    /// The first `limit` bytes, or a few less where they would end inside a character.
    func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        // A scalar's later bytes have the form 10xxxxxx (RFC 3629).
        while end > startIndex, utf8[end] & 0xc0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
