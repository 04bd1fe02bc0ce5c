//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A language the pages are written in; Chinese first.
package enum Language: String, Sendable, CaseIterable {
    case zh, en

    /// The one that is not this one.
    package var other: Language { self == .zh ? .en : .zh }

    /// The language as HTML and HTTP name it (BCP 47).
    package var tag: String {
        switch self {
        case .zh: "zh-CN"
        case .en: "en"
        }
    }

    /// The language that a browser prefers (RFC 9110, 12.5.4); Chinese where it names neither.
    package init(acceptLanguage: String?) {
        var best: (language: Language, weight: Double)?
        // A header of hundreds of languages is nobody's wish.
        for range in (acceptLanguage ?? "").split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = parts.first?.split(separator: "-").first, let language = Language(rawValue: String(name))
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        self = best?.language ?? .zh
    }
}
