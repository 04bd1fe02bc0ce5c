//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Identifiers are ASCII and are looked at byte by byte: a `Character` costs fifty times as much.
extension StringProtocol {
    /// Calls `body` with the text's UTF-8, which nearly always lies in one piece.
    func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes from `start` up to `end` are digits, at least one.
    func areDigits(_ start: Int, _ end: Int) -> Bool {
        guard start < end else { return false }
        for index in start..<end where !(0x30...0x39).contains(self[index]) { return false }
        return true
    }
}
