//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a file is by its first bytes; what it calls itself is not believed.
enum FileSignature: Sendable, CaseIterable {
    case jpeg, png, webp, heif, pdf

    /// How many bytes have to be looked at.
    static let length = 12

    /// The brands of HEIF files that phones write (ISO/IEC 23008-12, annex B).
    private static let brands: Set<String> = ["heic", "heix", "heim", "heis", "mif1"]

    /// Recognises a file; nil for one that is none of these.
    init?(_ bytes: [UInt8]) {
        func has(_ text: String, at offset: Int) -> Bool { bytes.dropFirst(offset).starts(with: Array(text.utf8)) }
        if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if has("RIFF", at: 0), has("WEBP", at: 8) {
            self = .webp
        } else if has("ftyp", at: 4),
            Self.brands.contains(String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self))
        {
            self = .heif
        } else if has("%PDF-", at: 0) {
            self = .pdf
        } else {
            return nil
        }
    }
}
