//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A key that somebody pressed.
package enum TopKey: Hashable, Sendable {
    case character(Character)
    case enter, escape, backspace, tab
    case up, down, pageUp, pageDown, home, end
    /// Ctrl and C, which in raw mode is no signal.
    case interrupt
}

/// Makes keys of the bytes that a terminal sends: UTF-8, and the sequences of ECMA-48 for keys that are no characters.
///
/// A sequence may be split between two readings. The key Escape is the beginning of a sequence that does not go on, which only
/// time can tell: whoever reads says so with `flush()`.
package struct TopKeyParser: Sendable {
    /// No sequence that a terminal sends is longer.
    private static let mostBytes = 16
    /// What follows Escape where a key is no character.
    private static let introducers = "[O".utf8

    private var pending: [UInt8] = []

    /// Creates a parser that has read nothing.
    package init() {}

    /// Whether a key has begun that may go on.
    package var isPending: Bool { !pending.isEmpty }

    /// Takes bytes in.
    ///
    /// - Returns: The keys that are whole; what means nothing here is left out.
    package mutating func read(_ bytes: some Sequence<UInt8>) -> [TopKey] {
        var keys: [TopKey] = []
        for byte in bytes {
            // Escape again, or what no sequence begins with: what began before does not go on.
            if byte == 0x1b || (pending == [0x1b] && !Self.introducers.contains(byte)) { keys += flush() }
            pending.append(byte)
            switch Self.reading(of: pending) {
            case .more where pending.count < Self.mostBytes: continue
            case .key(let key): keys.append(key)
            case .more, .nothing: break
            }
            pending = []
        }
        return keys
    }

    /// Ends what has begun: nothing more comes.
    package mutating func flush() -> [TopKey] {
        defer { pending = [] }
        return pending == [0x1b] ? [.escape] : []
    }

    private enum Reading {
        case more, nothing
        case key(TopKey)
    }

    private static func reading(of bytes: [UInt8]) -> Reading {
        switch bytes[0] {
        case 0x1b: return sequence(bytes.dropFirst())
        case 0x03: return .key(.interrupt)
        case 0x09: return .key(.tab)
        case 0x0a, 0x0d: return .key(.enter)
        case 0x08, 0x7f: return .key(.backspace)
        case ..<0x20: return .nothing
        default: return character(bytes)
        }
    }

    private static func character(_ bytes: [UInt8]) -> Reading {
        let length =
            switch bytes[0] {
            case ..<0x80: 1
            case 0xc2..<0xe0: 2
            case 0xe0..<0xf0: 3
            case 0xf0..<0xf5: 4
            default: 0
            }
        if length == 0 || bytes.dropFirst().contains(where: { $0 & 0xc0 != 0x80 }) { return .nothing }
        if bytes.count < length { return .more }
        guard let text = String(validating: bytes, as: UTF8.self), let first = text.first else { return .nothing }
        return .key(.character(first))
    }

    /// What follows Escape: `[` or `O`, parameters, and a letter or a tilde.
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> Reading {
        guard let last = bytes.dropFirst().last else { return .more }
        guard (0x40...0x7e).contains(last) else { return (0x20..<0x40).contains(last) ? .more : .nothing }
        let parameter = bytes.dropFirst().dropLast().prefix { $0 != UInt8(ascii: ";") }
        switch (last, String(decoding: parameter, as: UTF8.self)) {
        case (UInt8(ascii: "A"), _): return .key(.up)
        case (UInt8(ascii: "B"), _): return .key(.down)
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): return .key(.home)
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): return .key(.end)
        case (UInt8(ascii: "~"), "5"): return .key(.pageUp)
        case (UInt8(ascii: "~"), "6"): return .key(.pageDown)
        default: return .nothing
        }
    }
}
