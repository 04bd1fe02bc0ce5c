//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// What a stand-in agent does about a mail: the steps it takes, one after the other, each after a while.
package struct AgentPlan: Sendable {
    /// One command to send.
    package struct Step: Sendable {
        /// What is asked for.
        package let verb: CommandVerb
        /// How it is asked.
        package let body: ActionBody
    }

    /// The post that acts.
    let post: PostAddress
    /// The first words of its routing keys.
    package let mailboxPrefix: String
    /// The assignment it acts on.
    let assignment: AssignmentID
    /// The mail it acts on; its identifier names the commands, so that acting on it twice sends the same commands.
    let cause: String
    /// What it does.
    package let steps: [Step]

    /// The fields of a mail's body that an agent looks at; the schemas in `schemas/messages` describe them all.
    private struct Body: Decodable {
        struct Order: Decodable { let cascade: Cascade }
        let assignment: AssignmentID?
        let order: Order?
        let superior: PostAddress?
        let answer: AnswerKind?
    }

    /// The events that an agent does something about.
    package static let events: [MailEvent] = [
        .issued, .returned, .escalated, .escalationAnswered, .submitted, .reworkRequested, .offered,
    ]

    /// Plans what `post` does about a mail; nil when there is nothing to do.
    ///
    /// The choice is drawn from the mail itself, so that a mail delivered again, to this agent or the next, is answered
    /// by the same commands.
    package init?(for mail: StoredMessage, post: PostAddress, behaviour: AgentBehaviour) throws(BadMessage) {
        guard let event = MailEvent(type: mail.type) else { return nil }
        let body = try BodyCoder().decode(Body.self, from: mail.body)
        guard let assignment = body.assignment else { return nil }
        let isLast = body.order?.cascade.to == post.role
        var steps: [Step] = []
        func act(_ verb: CommandVerb, _ body: ActionBody = ActionBody()) {
            steps.append(Step(verb: verb, body: body))
        }
        switch event {
        case .issued:
            let draw = Self.draw(for: mail, post: post, seed: behaviour.seed)
            if draw < behaviour.returnShare {
                act(.return, ActionBody(note: "无法办理，请改派"))
            } else if draw < behaviour.returnShare + behaviour.escalateShare {
                act(.acknowledge)
                act(.escalate, ActionBody(note: "需要上级协调"))
            } else {
                act(.acknowledge)
                // A post with others below it is completed by their roll-up.
                if isLast { act(.complete, ActionBody(note: "已办结")) }
            }
        case .returned:
            guard let holder = mail.headers[HeaderName.source].flatMap(PostAddress.init) else { return nil }
            act(.reassign, ActionBody(note: "请再次办理", post: holder))
        case .escalated:
            guard body.superior == post else { return nil }
            act(.answer, ActionBody(note: "继续办理", answer: .carryOn))
        case .escalationAnswered:
            guard body.answer == .carryOn else { return nil }
            act(.complete, ActionBody(note: "协调后办结"))
        case .submitted:
            act(.signOff)
        case .reworkRequested, .offered:
            act(.complete, ActionBody(note: "已办结"))
        case .acknowledged, .progressed, .completed, .resumed, .takenOver, .escalationWithdrawn, .signedOff, .recalled,
            .urged, .refused:
            return nil
        }
        self.post = post
        self.mailboxPrefix = String(mail.routingKey.dropLast(event.rawValue.count + 1))
        self.assignment = assignment
        self.cause = mail.messageID
        self.steps = steps
    }

    /// A number from 0 to 1 that belongs to a mail.
    private static func draw(for mail: StoredMessage, post: PostAddress, seed: UInt64) -> Double {
        var generator = SeededGenerator(seed: seed ^ name(of: mail.messageID, for: post).value)
        return Double.random(in: 0..<1, using: &generator)
    }

    private static func name(of cause: String, for post: PostAddress) -> Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.add(post.description)
        fingerprint.add(cause)
        return fingerprint
    }

    /// The command of a step.
    ///
    /// Its identifier is made from the mail's, shortened: a mail's identifier names the command that caused it, so
    /// one put inside the other would grow with every turn of the conversation.
    package func command(_ index: Int) throws(BadMessage) -> Command {
        let step = steps[index]
        guard let id = MessageID("agent-\(Self.name(of: cause, for: post).text)-\(step.verb.rawValue)") else {
            throw BadMessage("the fingerprint cannot name a command")
        }
        return Command(id: id, actor: post, body: .act(step.verb, assignment, step.body))
    }
}
