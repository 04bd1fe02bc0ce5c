//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Why a message is dead: a problem as RFC 9457 writes it. It travels with the letter, as JSON in one header.
package struct DeadLetterProblem: Sendable, Hashable, Codable {
    /// The kinds of problems; the word is the last part of the problem's `type`, and stable.
    package enum Kind: String, Sendable, CaseIterable {
        case badMessage = "bad-message"
        case notApplicable = "not-applicable"
        case assignmentMissing = "assignment-missing"
        case crashed
        case unrouted
        case brokerGaveUp = "broker-gave-up"
        case unknown

        /// The same for every problem of the kind.
        var title: String {
            switch self {
            case .badMessage: "The message does not fit its schema"
            case .notApplicable: "The rules have no place for the message"
            case .assignmentMissing: "The assignment that the message is about never arrived"
            case .crashed: "The process ended each time it handled the message"
            case .unrouted: "No mailbox was bound for the message's routing key"
            case .brokerGaveUp: "The broker gave the message up"
            case .unknown: "Nothing is known of why the message is dead"
            }
        }
    }

    /// The kind as an address, `https://gridwork.example/problems/<kind>`.
    package let type: String
    /// What kind of problem it is, in words.
    package let title: String
    /// What is wrong with this message, in words that quote nothing of its body.
    package let detail: String
    /// This letter's own address, `https://gridwork.example/dead-letters/<key>`.
    package let instance: String
    /// How often its handling was begun; nil where the node did not count.
    package let attempts: Int?

    private static let typeBase = "https://gridwork.example/problems/"
    private static let instanceBase = "https://gridwork.example/dead-letters/"

    /// Creates a problem of the letter `key`.
    init(_ kind: Kind, _ detail: String, key: String, attempts: Int?) {
        type = Self.typeBase + kind.rawValue
        title = kind.title
        // A header has to hold it, with every character escaped at worst.
        self.detail = detail.prefix(bytes: 1_000)
        instance = Self.instanceBase + key
        self.attempts = attempts
    }

    /// The last part of the type, which filters take.
    package var kind: String {
        type.hasPrefix(Self.typeBase) ? String(type.dropFirst(Self.typeBase.count)) : type
    }

    /// Reads what `text` writes; nil for anything else.
    init?(text: String) {
        guard let problem = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = problem
    }

    /// The problem as JSON.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("Cannot fail to write texts and a number as JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
