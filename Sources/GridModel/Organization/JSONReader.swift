//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Reads the words of a JSON text (RFC 8259) one after the other and keeps count of lines and columns.
struct JSONReader {
    private let text: [UInt8]
    private var offset: Int
    /// The place of the next byte.
    private(set) var position = JSONLocator.Position(line: 1, column: 1)

    /// Begins to read a text in UTF-8; a byte order mark takes no column.
    init(_ text: [UInt8]) {
        self.text = text
        offset = text.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    }

    /// The next byte, nil at the end.
    var next: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func skip() {
        switch text[offset] {
        case UInt8(ascii: "\n"): position = .init(line: position.line + 1, column: 1)
        case 0x80...0xbf: break  // goes on with a scalar that is counted already
        default: position = .init(line: position.line, column: position.column + 1)
        }
        offset += 1
    }

    /// Passes over blanks and the ends of lines.
    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { skip() }
    }

    /// Passes over `character` if it comes next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        skip()
        return true
    }

    /// Passes over a string, number or word; returns false when none comes next.
    mutating func skipScalar() -> Bool {
        guard next != UInt8(ascii: "\"") else { return string() != nil }
        let start = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                skip()
            default:
                return offset > start
            }
        }
        return offset > start
    }

    /// Reads a member's name and passes over the colon; returns nil when there is none.
    mutating func memberName() -> [UInt8]? {
        guard let name = string() else { return nil }
        skipSpace()
        guard take(":") else { return nil }
        skipSpace()
        return name
    }

    /// Reads a string and undoes its escapes; returns nil when there is none or it does not end.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var bytes: [UInt8] = []
        while let byte = next, byte >= 0x20 {
            skip()
            switch byte {
            case UInt8(ascii: "\""): return bytes
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                bytes += escaped
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// Reads what follows a backslash.
    private mutating func escape() -> [UInt8]? {
        guard let byte = next else { return nil }
        skip()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            guard var units = codeUnit().map({ [$0] }) else { return nil }
            if UTF16.isLeadSurrogate(units[0]) {
                guard take("\\"), take("u"), let trail = codeUnit() else { return nil }
                units.append(trail)
            }
            return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
        default: return nil
        }
    }

    /// Reads the four hexadecimal digits of a UTF-16 code unit.
    private mutating func codeUnit() -> UInt16? {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else { return nil }
            unit = unit << 4 | UInt16(digit)
            skip()
        }
        return unit
    }
}
