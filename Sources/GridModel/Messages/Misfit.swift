//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What would have fitted where something else was found, in words that repeat nothing of it.
package struct Misfit: Error, CustomStringConvertible {
    package let description: String
}

extension DecodingError {
    /// An error that says what would have fitted. Whoever tells of it knows by the `Misfit` in it that it repeats
    /// nothing; the descriptions of the library's own errors may.
    static func misfit(_ description: String, at path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(
            Context(codingPath: path, debugDescription: description, underlyingError: Misfit(description: description))
        )
    }
}

/// One of some words; the error for another one names them.
package protocol Word: RawRepresentable<String>, CaseIterable, Codable {}

extension Word {
    package init(from decoder: any Decoder) throws {
        guard let word = Self(rawValue: try decoder.singleValueContainer().decode(String.self)) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.misfit("write one of \(words)", at: decoder.codingPath)
        }
        self = word
    }
}
