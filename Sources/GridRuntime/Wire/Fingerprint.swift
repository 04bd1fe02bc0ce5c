//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A short name for something long, the same each time: FNV-1a in 64 bits, as 16 hexadecimal digits.
///
/// Only a handle, never a proof: nothing is trusted because of it.
package struct Fingerprint: Sendable {
    /// The bits.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Creates the name of nothing.
    package init() {}

    /// Takes in bytes.
    package mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// Takes in a text, kept apart from the next one.
    package mutating func add(_ text: String) {
        add(text.utf8)
        add(CollectionOfOne(0))
    }

    /// The digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
