//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A line of a terminal: pieces of text, some of which stand out.
package struct TerminalLine: Hashable, Sendable {
    /// How a text stands out, on a terminal that has colors or not.
    package enum Style: String, Sendable {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case inverse = "7"
        case green = "32"
        case yellow = "33"
        case red = "31;1"
    }

    private struct Piece: Hashable, Sendable {
        var text: String
        var style: Style
    }

    private var pieces: [Piece]

    /// Creates a line.
    package init(_ text: String = "", _ style: Style = .plain) {
        pieces = [Piece(text: text, style: style)]
    }

    /// Adds a text at its end.
    package mutating func add(_ text: String, _ style: Style = .plain) {
        pieces.append(Piece(text: text, style: style))
    }

    /// The text alone.
    package var text: String { pieces.map(\.text).joined() }

    /// The line as a terminal draws it, cut at a width; a line that is all inverse is filled up to it.
    ///
    /// - Parameter hasColors: Whether texts may stand out.
    package func drawn(width: Int, hasColors: Bool) -> String {
        var (drawn, left) = ("", width)
        for piece in pieces where left > 0 {
            let text = piece.text.cut(to: left)
            left -= text.displayWidth
            drawn +=
                hasColors && piece.style != .plain && !text.isEmpty
                ? "\u{1b}[\(piece.style.rawValue)m\(text)\u{1b}[0m" : text
        }
        if hasColors, pieces.allSatisfy({ $0.style == .inverse }), left > 0 {
            drawn += "\u{1b}[7m" + String(repeating: " ", count: left) + "\u{1b}[0m"
        }
        return drawn
    }
}
