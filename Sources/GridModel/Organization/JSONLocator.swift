//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Finds the values in a JSON text that JSON Pointers (RFC 6901) name, so that findings can be shown as `file:line:column`.
///
/// One pass over the text finds all of them. As with Foundation's decoder, the first of two members of one name is meant,
/// a comma before a closing bracket is forgiven, and nesting ends at 512 levels. Numbers and words are passed over
/// unchecked.
package struct JSONLocator {
    /// A place in a text.
    package struct Position: Hashable, Sendable {
        /// The line, from 1; lines end with a line feed.
        package let line: Int
        /// The column, from 1, in Unicode scalars.
        package let column: Int
    }

    /// A value that a pointer names or leads through; together they are a tree, whose root, the whole text, is the first.
    private struct Target {
        let parent: Int
        var children: [[UInt8]: Int] = [:]
        var position: Position?
    }

    private static let deepestNesting = 512

    private var targets = [Target(parent: 0)]
    private var text: JSONReader

    private init(text: JSONReader) {
        self.text = text
    }

    /// Returns where the value is that each pointer names, in the order of the pointers; nil when `text` is not JSON.
    ///
    /// A missing value is found at the nearest one around it that is there, in the end at the whole text.
    ///
    /// - Parameters:
    ///   - pointers: The pointers; a malformed one names nothing and so leads to the whole text.
    ///   - text: The text in UTF-8, with or without a byte order mark.
    package static func positions(of pointers: [String], in text: [UInt8]) -> [Position]? {
        var locator = JSONLocator(text: JSONReader(text))
        let named = pointers.map { locator.plan($0) }
        locator.text.skipSpace()
        guard locator.value(target: 0, depth: 0) else { return nil }
        locator.text.skipSpace()
        guard locator.text.next == nil else { return nil }
        return named.compactMap { locator.nearestPosition(to: $0) }
    }

    /// Adds the targets along a pointer and returns the last of them.
    private mutating func plan(_ pointer: String) -> Int {
        let tokens = pointer.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard tokens.first?.isEmpty == true else { return 0 }
        var target = 0
        for token in tokens.dropFirst() {
            let name = Self.unescaped(token)
            if let known = targets[target].children[name] {
                target = known
            } else {
                targets.append(Target(parent: target))
                targets[target].children[name] = targets.count - 1
                target = targets.count - 1
            }
        }
        return target
    }

    /// Reads `~1` as a slash and `~0` as a tilde (RFC 6901, 4).
    private static func unescaped(_ token: Substring.UTF8View) -> [UInt8] {
        var name: [UInt8] = []
        var bytes = token.makeIterator()
        while let byte = bytes.next() {
            name.append(byte)
            guard byte == UInt8(ascii: "~"), let code = bytes.next() else { continue }
            switch code {
            case UInt8(ascii: "0"): break
            case UInt8(ascii: "1"): name[name.count - 1] = UInt8(ascii: "/")
            default: name.append(code)
            }
        }
        return name
    }

    private func nearestPosition(to target: Int) -> Position? {
        var target = target
        while target != 0, targets[target].position == nil { target = targets[target].parent }
        return targets[target].position
    }

    /// Passes over the value that begins here, noting its place and those of the targets in it; returns false when there
    /// is none.
    private mutating func value(target: Int?, depth: Int) -> Bool {
        let isFirst = target.map { targets[$0].position == nil } ?? false
        if let target, isFirst { targets[target].position = text.position }
        let isObject = text.take("{")
        guard isObject || text.take("[") else { return text.skipScalar() }
        guard depth < Self.deepestNesting else { return false }
        let children = target.map { isFirst ? targets[$0].children : [:] } ?? [:]
        var index = 0
        while true {
            text.skipSpace()
            if text.take(isObject ? "}" : "]") { return true }
            guard let name = isObject ? text.memberName() : Array(String(index).utf8),
                value(target: children[name], depth: depth + 1)
            else { return false }
            text.skipSpace()
            guard text.take(",") || text.next == UInt8(ascii: isObject ? "}" : "]") else { return false }
            index += 1
        }
    }
}
