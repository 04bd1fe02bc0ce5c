//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// People and their agents: they answer their mail, late, twice or not at all, and do what they like besides.
extension Simulation {
    func actAsPeople() throws {
        if roots.count < plan.orders, random.happens(50) { return try issueOrder(locally: false) }
        if random.happens(plan.whims) { return try actAnyhow() }
        if !broker.agentMail.isEmpty, random.happens(500) { return try readMail() }
        try carryOut()
    }

    /// Issues an order.
    func issueOrder(locally: Bool) throws {
        let issuer = random.happens(200) ? street.community : street.office
        let draft = street.draft(for: issuer, random: &random)
        let command = Command(id: people.nextID(), actor: issuer, body: .issue(draft))
        guard locally else { return intend(command) }
        isUnruly = false
        _ = try perform(command)
        isUnruly = true
    }

    /// An agent reads one of its mails, and plans what to do about it.
    private func readMail() throws {
        let mail = broker.agentMail.remove(at: random.below(min(8, broker.agentMail.count)))
        guard random.happens(plan.attention),
            let post = street.organization.post(ofRoutingKey: mail.routingKey)?.post,
            let agent = try AgentPlan(for: mail, post: post, behaviour: plan.behaviour)
        else { return }
        for index in agent.steps.indices { intend(try agent.command(index)) }
        // It may be delivered to the agent again, and the agent then does the same again.
        if random.happens(100) { broker.agentMail.append(mail) }
    }

    func intend(_ command: Command) {
        let delay = random.happens(700) ? random.below(10) : random.below(200)
        people.intentions.append(.init(command: command, notBefore: step + delay))
        if random.happens(50) { people.intentions.append(.init(command: command, notBefore: step + random.below(200))) }
    }

    /// Somebody does what they had in mind.
    func carryOut() throws {
        guard let index = people.intentions.firstIndex(where: { $0.notBefore <= step || !isUnruly }) else { return }
        try send(people.intentions.remove(at: index).command)
    }

    /// Sends a command from the machine of its node, or over the broker.
    private func send(_ command: Command) throws {
        if random.happens(300) {
            if try perform(command) == nil { intend(command) }
            return
        }
        let message = try CommandCodec().encode(
            command,
            mailboxPrefix: street.mailboxPrefix(of: command.actor),
            at: Self.morning
        )
        say("\(command.actor) publishes \(command.body.verb) \(command.body.assignment?.text ?? "") \(command.id)")
        guard !isUnruly || !random.happens(plan.publishesLost) else { return intend(command) }
        broker.publish(message, notBefore: random.happens(plan.publishesLate) ? step + random.below(100) : 0)
        if isUnruly, random.happens(plan.confirmsLost) { return intend(command) }
        ledger.note(message, on: node(of: command.actor).number, as: "confirmed to its agent")
    }

    private static let verbs: [CommandVerb] = [
        .acknowledge, .acknowledge, .acknowledge, .complete, .complete, .complete, .progress, .progress, .return,
        .escalate, .escalate, .answer, .answer, .answer, .signOff, .signOff, .rework, .rework, .recall, .urge,
        .reassign,
    ]

    /// Anybody does anything that is more or less likely to be right.
    private func actAnyhow() throws {
        let ids = nodes.flatMap(\.book.known)
        guard !ids.isEmpty else { return }
        let id = random.pick(ids)
        let verb = random.pick(Self.verbs)
        if id.isRoot, verb == .recall, !plan.recallsOrders { return }
        let known = try look(at: id)
        let holder = known.assignment?.post ?? known.leg?.post ?? street.office
        let issuer = known.parent?.post ?? holder
        let superior =
            known.assignment?.escalatedTo ?? street.organization.superior(of: holder) ?? holder
        let actor =
            switch verb {
            case _ where random.happens(100): random.pick(street.posts)
            case .acknowledge, .progress, .complete, .return, .escalate, .issue: holder
            case .answer: superior
            case .signOff, .rework, .recall, .reassign: issuer
            case .urge: random.pick([holder, issuer, superior])
            }
        intend(
            Command(id: people.nextID(), actor: actor, body: .act(verb, id, body(of: verb, on: id, holder, issuer)))
        )
        if random.happens(500) { try carryOut() }
    }

    private func body(
        of verb: CommandVerb,
        on id: AssignmentID,
        _ holder: PostAddress,
        _ issuer: PostAddress
    ) -> ActionBody {
        var body = ActionBody(note: "because")
        if verb == .answer {
            let answer = random.pick([AnswerKind.carryOn, .carryOn, .passUp, .takeOver])
            // Taking over an order is recalling it.
            body.answer = id.isRoot && answer == .takeOver && !plan.recallsOrders ? .carryOn : answer
            if body.answer == .carryOn, random.happens(500) {
                let hours = Int64(1 + random.below(48))
                body.dueAt = node(of: holder).clock.now.adding(milliseconds: hours * 3_600_000)
            }
        }
        if verb == .reassign {
            let peers = street.posts.filter { $0.role == holder.role && issuer.code.contains($0.code) }
            body.post = random.pick(peers.isEmpty ? street.posts : peers)
        }
        return body
    }

    /// An assignment as its holder has it, as its issuer sees it, and what it was issued from.
    private func look(at id: AssignmentID) throws -> (assignment: Assignment?, leg: Leg?, parent: Assignment?) {
        var (assignment, leg, parent): (Assignment?, Leg?, Assignment?) = (nil, nil, nil)
        for node in nodes {
            try node.store.lookNow { store in
                if let found = try store.assignment(id) { assignment = found }
                guard let above = id.parent, let found = try store.assignment(above) else { return }
                parent = found
                leg = try store.legs(of: above).first { $0.id == id }
            }
        }
        return (assignment, leg, parent)
    }
}
