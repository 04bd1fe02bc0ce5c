//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages

/// The form of a command; names as in `command.mustache`.
struct CommandView: Sendable {
    /// The page a form stands on, where a browser returns to.
    enum Place: String, Sendable {
        case list, item, below
    }

    /// What it is sent to.
    var action: String
    let kind: String
    /// Makes sending the form twice the same as sending it once.
    let key = UUID().uuidString.lowercased()
    let actor: String
    let from: String
    /// The page of the console that led to the form's page; empty where none did.
    let back: [Back]
    let revision: Int?
    let answer: String?
    let noteLabel: String?
    let isNoteRequired: Bool
    let noteText: String?
    /// Whether photos can go with it.
    let hasPhotos: Bool
    /// What one of `choices` is chosen for; nil where there is nothing to choose.
    let choiceLabel: String?
    let choices: [Choice]
    let untilLabel: String?
    let untilFrom: String
    let label: String
    let isMain: Bool
    /// What opens the form where it is folded.
    let summary: String
    let isOpen: Bool

    /// A list of one or none: a template would take a value that is nil from what is around it.
    struct Back: Sendable {
        let backLink: String
    }

    /// A post to choose.
    struct Choice: Sendable {
        let choice: String
        let choiceName: String
    }

    /// - Parameters:
    ///   - revision: What the assignment's page was when it was shown; nil where another node holds it.
    ///   - given: What was sent before and not taken: its note is shown again.
    ///   - back: The page of the console that led to the form's page.
    ///   - name: Names a post to choose from.
    ///   - isUrgingBelow: Whether urging goes to all below instead of to the holder.
    init(
        _ offer: Offer,
        revision: Int?,
        on place: Place,
        _ time: OfficeTime,
        given: GivenForm? = nil,
        back: String? = nil,
        name: (PostAddress) -> String = \.text,
        isUrgingBelow: Bool = false
    ) {
        let texts = time.texts
        let verb =
            offer.answer.map { "answer" + $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }
            ?? offer.verb.rawValue
        let isFirst = [.acknowledge, .complete, .signOff].contains(offer.verb)
        let asksForNote = offer.needsNote || [.complete, .answer, .reassign, .recall].contains(offer.verb)
        let isGiven = given?.verb == offer.verb && given?.answer == offer.answer
        action = PageAddress.command(offer.verb, on: offer.assignment)
        kind = offer.verb.pathWord
        actor = "\(offer.actor)"
        from = place.rawValue
        self.back = back.map { [Back(backLink: $0)] } ?? []
        self.revision = revision
        answer = offer.answer?.rawValue
        noteLabel = asksForNote ? texts("note", of: verb) : nil
        isNoteRequired = offer.needsNote
        noteText = isGiven ? given?.note : nil
        hasPhotos = offer.verb == .complete
        choiceLabel = offer.choices.isEmpty ? nil : texts("reassignTo")
        choices = offer.choices.map { Choice(choice: $0.text, choiceName: name($0)) }
        untilLabel = offer.answer == .carryOn ? texts("untilLabel") : nil
        untilFrom = time.today
        label = texts("do", of: isUrgingBelow && offer.verb == .urge ? "urgeAll" : verb)
        isMain = isFirst || offer.answer == .carryOn
        summary = label
        // Of the answers the one that most give stands open, unless many are answered on one page.
        isOpen = isGiven || offer.answer == .carryOn && place != .list
    }
}

/// What somebody sent that was not taken.
struct GivenForm: Sendable {
    let verb: CommandVerb
    let answer: AnswerKind?
    let note: String?
}

extension Array where Element == Offer {
    /// Those that are given with one tap, or are what most do: they stand open.
    var first: [Offer] {
        let taps = filter { [.acknowledge, .signOff].contains($0.verb) }
        return (taps.isEmpty ? filter { $0.verb == .complete } : taps) + filter { $0.verb == .urge }
    }
}
