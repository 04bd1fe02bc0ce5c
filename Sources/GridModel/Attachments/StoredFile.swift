//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A file beside the state file: what is known of it without opening it.
package struct StoredFile: Hashable, Sendable {
    /// The types of files that are kept; what else arrives is made one of them or refused.
    package enum MediaType: String, Sendable, Codable, CaseIterable {
        case jpeg = "image/jpeg"
        case pdf = "application/pdf"
    }

    /// The SHA-256 of the content.
    package var hash: FileHash
    /// What it is.
    package var type: MediaType
    /// Its size in bytes.
    package var size: Int

    /// Creates a file's description.
    package init(hash: FileHash, type: MediaType, size: Int) {
        self.hash = hash
        self.type = type
        self.size = size
    }

    /// The largest file that is accepted, in bytes; a photo is far smaller once it has been scaled.
    package static let largest = 12 * 1_048_576
    /// How many bytes the files of a node may have together unless told otherwise: 10 GiB, some 40,000 photos.
    package static let standardQuota = 10 * 1_073_741_824
}

/// The SHA-256 of a file's content, which is also the file's name: one content is kept once.
package struct FileHash: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    package let text: String

    /// Parses a hash; returns nil unless it is 64 hexadecimal digits in lower case.
    package init?(_ text: String) {
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 64, text.utf8.allSatisfy(isDigit) else { return nil }
        self.text = text
    }

    /// Creates a hash from a digest.
    package init(digest: [UInt8]) {
        precondition(digest.count == 32, "Cannot take \(digest.count) bytes for a SHA-256")
        let digits = Array("0123456789abcdef".utf8)
        text = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package var description: String { text }
}
