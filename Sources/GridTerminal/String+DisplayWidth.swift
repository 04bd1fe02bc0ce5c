//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension String {
    /// How many columns a terminal uses for the text: two for each East Asian wide character (Unicode TR 11).
    package var displayWidth: Int {
        unicodeScalars.reduce(0) { $0 + Self.width(of: $1) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
            2
        default:
            scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }

    /// As much of the text as fits into so many columns, without the controls that would move a terminal's cursor; a wide
    /// character that would fit by half is left out.
    package func cut(to width: Int) -> String {
        var (text, used) = (String.UnicodeScalarView(), 0)
        for scalar in unicodeScalars where scalar.properties.generalCategory != .control {
            used += Self.width(of: scalar)
            if used > width { break }
            text.append(scalar)
        }
        return String(text)
    }

    /// The text cut or filled up to so many columns.
    ///
    /// - Parameter isNumber: Whether it stands at the right.
    package func fitted(to width: Int, isNumber: Bool = false) -> String {
        let text = cut(to: width)
        let space = String(repeating: " ", count: max(0, width - text.displayWidth))
        return isNumber ? space + text : text + space
    }
}
