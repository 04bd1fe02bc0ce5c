//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// A command that the rules would take now.
struct Offer: Sendable {
    let verb: CommandVerb
    /// The answer, where it is one.
    var answer: AnswerKind?
    /// The assignment it is about.
    let assignment: AssignmentID
    /// The post that would give it.
    let actor: PostAddress
    /// Whether it says why.
    let needsNote: Bool
    /// The posts to choose from, where it names one.
    var choices: [PostAddress] = []
}

/// Finds what somebody can do with an assignment by asking the rules themselves, so that no page has rules of its own.
struct OfferDesk {
    /// What the pages for the field know, in the order in which they show it.
    static let verbs: [CommandVerb] = [
        .acknowledge, .answer, .signOff, .complete, .progress, .rework, .return, .escalate, .urge,
    ]

    /// What is done about work that was given back, by whoever had issued it.
    static let verbsForReturned: [CommandVerb] = [.reassign, .recall]
    /// The most posts to choose from.
    private static let mostChoices = 200

    let access: Access
    let now: Instant
    let store: StoreReader

    /// What she can do with an assignment, as whichever of her posts.
    func offers(on assignment: Assignment) throws -> [Offer] {
        let concerned = [assignment.post, assignment.issuer, assignment.escalatedTo].compactMap(\.self)
        let above = access.held.filter { access.organization.isSuperior($0, of: assignment.post) }
        var actors: [PostAddress] = []
        for post in concerned + above where access.holds(post) && !actors.contains(post) { actors.append(post) }
        return try offers(on: assignment.id, as: actors).filter { $0.verb != .urge || makesSense($0, for: assignment) }
    }

    /// Whether urging reaches somebody else: the rules take it from whoever is awaited too, and would tell her of herself.
    private func makesSense(_ urge: Offer, for assignment: Assignment) -> Bool {
        // The holder of what is in hand urges those below her, whatever else waits for her.
        let isUrgingBelow = urge.actor == assignment.post && [.issued, .accepted].contains(assignment.state)
        return isUrgingBelow || !(assignment.waitingOn.map(access.holds) ?? false)
    }

    /// What she can do with an assignment as one of some posts; as the first of them that can.
    func offers(
        on id: AssignmentID,
        as actors: [PostAddress],
        among verbs: [CommandVerb] = OfferDesk.verbs
    ) throws -> [Offer] {
        try verbs.flatMap { verb in
            let answers: [AnswerKind?] = verb == .answer ? AnswerKind.allCases : [nil]
            return try answers.compactMap { answer in
                for actor in actors {
                    if let offer = try offer(verb, answer, on: id, as: actor) { return offer }
                }
                return nil
            }
        }
    }

    /// What the issuer of a leg that was given back can do about it: give it to somebody, the same post not excluded, or let
    /// it be.
    func offers(onReturned leg: Leg, of parent: Assignment) throws -> [Offer] {
        let peers = access.organization.posts(below: parent.post, in: parent.area).filter { $0.role == leg.post.role }
        let choices = peers.filter { $0 == leg.post } + peers.filter { $0 != leg.post }
        var offers = try self.offers(on: leg.id, as: [parent.post], among: [.recall])
        if let first = choices.first, try isTaken(.reassign, ActionBody(post: first), on: leg.id, as: parent.post) {
            let reassign = Offer(
                verb: .reassign,
                assignment: leg.id,
                actor: parent.post,
                needsNote: false,
                choices: Array(choices.prefix(Self.mostChoices))
            )
            offers.insert(reassign, at: 0)
        }
        return offers
    }

    /// The offer of one command; nil when the rules would refuse it, with a reason written and without.
    private func offer(
        _ verb: CommandVerb,
        _ answer: AnswerKind?,
        on id: AssignmentID,
        as actor: PostAddress
    ) throws -> Offer? {
        for note in [nil, "-"] where try isTaken(verb, ActionBody(note: note, answer: answer), on: id, as: actor) {
            return Offer(verb: verb, answer: answer, assignment: id, actor: actor, needsNote: note != nil)
        }
        return nil
    }

    private func isTaken(
        _ verb: CommandVerb,
        _ body: ActionBody,
        on id: AssignmentID,
        as actor: PostAddress
    ) throws -> Bool {
        let message = Message.command(Command(id: Self.trial, actor: actor, body: .act(verb, id, body)))
        let page = try store.page(for: message.pageQuery(at: now))
        return decide(message, on: page, in: access.organization, at: now).outcome == .applied
    }

    /// The identifier of commands that are never carried out.
    private static let trial: MessageID = {
        guard let id = MessageID("page-trial") else { preconditionFailure("Cannot name a trial") }
        return id
    }()
}
