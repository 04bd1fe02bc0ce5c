//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Mustache

/// The texts of the pages in one language. Templates read them as `{{t.key}}`.
package struct Catalogue: Sendable {
    /// The language of the texts.
    package let language: Language
    private let texts: [String: String]

    /// The texts in a language.
    package static func of(_ language: Language) -> Catalogue {
        switch language {
        case .zh: zh
        case .en: en
        }
    }

    private static let zh = Catalogue(.zh, PackageResources.zh_json)
    private static let en = Catalogue(.en, PackageResources.en_json)

    private init(_ language: Language, _ json: [UInt8]) {
        self.language = language
        do {
            texts = try JSONDecoder().decode([String: String].self, from: Data(json))
        } catch {
            preconditionFailure("Cannot read the catalogue of \(language.rawValue): \(error)")
        }
    }

    /// The names of the texts.
    package var keys: Set<String> { Set(texts.keys) }

    /// A text, `{name}` in it replaced by a value; its name where there is none, so that its lack shows.
    package func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        guard let text = texts[key], !values.isEmpty else { return texts[key] ?? key }
        // In one pass: what a value brings along is not read as a name.
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The text of a word of the domain, for instance `state` and `issued`: the one named `stateIssued`.
    package func callAsFunction(_ kind: String, of word: String) -> String {
        self(kind + word.prefix(1).uppercased() + word.dropFirst())
    }
}

extension Catalogue: MustacheParent {
    package func child(named name: String) -> Any? { texts[name] }
}
