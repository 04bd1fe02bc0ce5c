//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A JSON object whose members are texts and whole numbers, as nearly every body is.
///
/// It reads the plain ones of RFC 8259 in a single pass and leaves everything else to Foundation, which also says what
/// is wrong with a body. What both read, they read alike.
struct FlatObject {
    /// The value of a member.
    enum Value: Hashable {
        case text(String)
        case number(Int)
        case null
    }

    /// The members, in the order in which they stand.
    private(set) var members: [(name: String, value: Value)] = []

    /// Creates an object without members.
    init() {}

    /// Adds a member; nil adds none.
    mutating func add(_ name: String, _ value: Value?) {
        if let value { members.append((name, value)) }
    }

    /// The value of a member; nil where there is none.
    subscript(_ name: String) -> Value? {
        members.first { $0.name == name }?.value
    }
}

// MARK: Reading

extension FlatObject {
    /// Reads an object; nil where it is not as plain as that, or not JSON at all.
    init?(_ json: [UInt8]) {
        let members = json.withUnsafeBufferPointer { bytes in
            var reader = Reader(bytes: bytes)
            return reader.object()
        }
        guard let members else { return nil }
        self.members = members
    }

    /// The most members that are read here, several times what a body has: each name is compared with all before it,
    /// which the tens of thousands that fit into a body would turn into seconds.
    private static let mostMembers = 64

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0

        /// The next byte that is not white space, 0 at the end.
        private mutating func next() -> UInt8 {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x09, 0x0a, 0x0d: position += 1
                case let byte: return byte
                }
            }
            return 0
        }

        private mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard next() == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func object() -> [(name: String, value: Value)]? {
            guard skip("{") else { return nil }
            var members: [(name: String, value: Value)] = []
            if !skip("}") {
                repeat {
                    guard members.count < FlatObject.mostMembers, let name = text(), skip(":"), let value = value(),
                        // Which of two members of one name counts is not for this reader to say.
                        !members.contains(where: { $0.name == name })
                    else { return nil }
                    members.append((name, value))
                } while skip(",")
                guard skip("}") else { return nil }
            }
            return next() == 0 && position == bytes.count ? members : nil
        }

        private mutating func value() -> Value? {
            switch next() {
            case UInt8(ascii: "\""): text().map(Value.text)
            case UInt8(ascii: "n"): null()
            default: number()
            }
        }

        private mutating func null() -> Value? {
            guard bytes[position...].starts(with: "null".utf8) else { return nil }
            position += 4
            return .null
        }

        /// A whole number of at most 18 digits, without a sign or an exponent.
        private mutating func number() -> Value? {
            let start = position
            var value = 0
            while position < bytes.count, (0x30...0x39).contains(bytes[position]), position - start < 18 {
                value = value * 10 + Int(bytes[position] - 0x30)
                position += 1
            }
            let length = position - start
            guard length > 0, length == 1 || bytes[start] != 0x30 else { return nil }
            switch next() {
            case UInt8(ascii: ","), UInt8(ascii: "}"): return .number(value)
            default: return nil
            }
        }

        private mutating func text() -> String? {
            guard skip("\"") else { return nil }
            let start = position
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    position += 1
                    return String(validating: bytes[start..<position - 1], as: UTF8.self)
                case UInt8(ascii: "\\"): return escapedText(from: start)
                case 0..<0x20: return nil
                default: position += 1
                }
            }
            return nil
        }

        /// Goes on with a text at its first escape, which is rare.
        private mutating func escapedText(from start: Int) -> String? {
            var text = Array(bytes[start..<position])
            while position + 1 < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escape = FlatObject.escapes.first(where: { $0.letter == bytes[position] }) else {
                        return nil
                    }
                    text.append(escape.byte)
                    position += 1
                case 0..<0x20: return nil
                default: text.append(byte)
                }
            }
            return nil
        }
    }

    /// The escapes of one letter (RFC 8259, 7); those of four digits are left to Foundation.
    private static let escapes: [(letter: UInt8, byte: UInt8)] = [
        (UInt8(ascii: "\""), 0x22), (UInt8(ascii: "\\"), 0x5c), (UInt8(ascii: "/"), 0x2f), (UInt8(ascii: "b"), 0x08),
        (UInt8(ascii: "f"), 0x0c), (UInt8(ascii: "n"), 0x0a), (UInt8(ascii: "r"), 0x0d), (UInt8(ascii: "t"), 0x09),
    ]
}

// MARK: Writing

extension FlatObject {
    /// The object as JSON, its members sorted by name.
    var json: [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(512)
        var mark = UInt8(ascii: "{")
        for (name, value) in members.sorted(by: { $0.name < $1.name }) {
            json.append(mark)
            mark = UInt8(ascii: ",")
            Self.append(name, to: &json)
            json.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): Self.append(text, to: &json)
            case .number(let number): json.append(contentsOf: String(number).utf8)
            case .null: json.append(contentsOf: "null".utf8)
            }
        }
        if members.isEmpty { json.append(mark) }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private static func append(_ text: String, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            if bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) {
                for byte in bytes { append(escaping: byte, to: &json) }
            } else {
                json.append(contentsOf: bytes)
            }
        }
        json.append(UInt8(ascii: "\""))
    }

    private static func append(escaping byte: UInt8, to json: inout [UInt8]) {
        if byte != 0x2f, let escape = escapes.first(where: { $0.byte == byte }) {
            json += [UInt8(ascii: "\\"), escape.letter]
        } else if byte < 0x20 {
            let digits = Array("0123456789abcdef".utf8)
            json += [UInt8(ascii: "\\"), UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        } else {
            json.append(byte)
        }
    }
}
