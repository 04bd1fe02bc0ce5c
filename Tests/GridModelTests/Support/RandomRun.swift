//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// One random history of one work order.
///
/// First people do as they please, rightly or wrongly, while mail arrives in any order, late and repeatedly, and the
/// clock moves. Then everybody keeps working until the order is done. The seed decides everything, so that a run can be
/// repeated from it.
struct RandomRun {
    /// How many rounds everybody may need to finish once they keep working.
    private static let patience = 60

    let seed: UInt64
    private(set) var grid: MemoryGrid
    private(set) var steps = 0
    private var random: SplitMix64
    private let mayRecallRoot: Bool
    private var copies = 0
    /// How many mails were lost.
    private(set) var lost = 0
    private var rounds = 0
    private let losing: Bool
    private var root: AssignmentID?

    /// Prepares a run.
    ///
    /// - Parameter losing: Whether mail is lost now and then, and pages are compared whenever all else has settled.
    ///   Everything is on one node then: that is how far comparing reaches.
    init(seed: UInt64, losing: Bool = false) {
        self.seed = seed
        self.losing = losing
        var random = SplitMix64(seed: seed)
        let hosting = random.pick(MemoryGrid.Hosting.allCases)
        grid = MemoryGrid(hosting: losing ? .oneNode : hosting)
        mayRecallRoot = random.chance(10)
        self.random = random
    }

    /// Runs it.
    ///
    /// - Returns: What went wrong, in sentences; empty when nothing did.
    mutating func run() -> [String] {
        let issuer = random.chance(20) ? SampleGrid.community(1) : SampleGrid.street
        root = grid.issue(draft(for: issuer), by: issuer)
        for _ in 0..<(20 + random.below(100)) {
            step()
            let broken = GridInvariants.brokenAfterStep(grid)
            guard broken.isEmpty else { return broken }
        }
        return finish()
    }

    private mutating func draft(for issuer: PostAddress) -> OrderDraft {
        let scopes = [
            ["310105002001001"], ["310105002001001", "310105002001003"],
            issuer == SampleGrid.street ? ["310105002001002", "310105002002001"] : ["310105002001002"],
            random.chance(20) ? ["310105002001"] : ["310105002001002"],
        ]
        let roles = ["cell-leader", "group-leader", "liaison"]
        return SampleGrid.draft(
            scope: random.pick(scopes),
            to: random.pick(roles),
            mode: random.chance(60) ? .automatic : .onAcceptance,
            signOff: roles.filter { _ in random.chance(40) },
            rollUp: random.chance(70) ? .automatic : .byHolder,
            acceptWithinHours: random.chance(50) ? 4 : nil,
            dueWithinHours: random.chance(70) ? 48 : nil
        )
    }

    // MARK: As they please

    private mutating func step() {
        steps += 1
        switch random.below(100) {
        case 0..<50 where !grid.mail.isEmpty: deliverAny()
        case 50..<54: pass()
        case 54..<70:
            // The thing to do, as far as the holder's page knows, which may have been overtaken elsewhere.
            guard let act = nextAct(on: random.pick(grid.ids)) else { return actAnyhow() }
            grid.act(act.verb, act.about, by: act.actor, answer: act.answer, post: act.post)
        default: actAnyhow()
        }
    }

    private mutating func deliverAny() {
        let index = random.below(grid.mail.count)
        let mail = grid.mail[index]
        if losing, random.chance(15) {
            lost += 1
            grid.mail.remove(at: index)
            return
        }
        // A delivery comes again after a crash; and nothing may depend on its coming under the same identifier.
        if random.chance(10) { grid.mail.append(mail) }
        if random.chance(5) {
            copies += 1
            var copy = mail
            copy.id = SampleGrid.messageID("copy-\(copies)")
            grid.mail.append(copy)
        }
        grid.deliver(at: index)
    }

    private mutating func pass() {
        let minutes: Int64 = random.chance(70) ? 2 : Int64(random.below(24 * 60))
        grid.advance(to: grid.now.adding(milliseconds: minutes * 60_000))
    }

    private static let units = SampleGrid.organization.units
    private static let verbs: [CommandVerb] = [
        .acknowledge, .acknowledge, .acknowledge, .acknowledge, .complete, .complete, .complete, .complete, .complete,
        .progress, .return, .escalate, .escalate, .answer, .answer, .answer, .answer, .signOff, .signOff, .signOff,
        .rework, .recall, .urge, .reassign,
    ]

    private mutating func actAnyhow() {
        let verb = random.pick(Self.verbs)
        let id = random.pick(grid.ids)
        if id.isRoot, verb == .recall, !mayRecallRoot { return }
        let holder = grid.assignments[id]?.post ?? grid.legs[id]?.post ?? SampleGrid.street
        let issuer = id.parent.flatMap { grid.assignments[$0]?.post } ?? holder
        let superior = grid.assignments[id]?.escalatedTo ?? grid.organization.superior(of: holder) ?? holder
        let actor =
            switch verb {
            case _ where random.chance(10): random.pick(Self.units).post
            case .acknowledge, .progress, .complete, .return, .escalate, .issue: holder
            case .answer: superior
            case .signOff, .rework, .recall, .reassign: issuer
            case .urge: random.pick([holder, issuer, superior])
            }
        let answer = random.pick([AnswerKind.carryOn, .carryOn, .passUp, .takeOver])
        let later = grid.now.adding(milliseconds: Int64(1 + random.below(48)) * SampleGrid.hour)
        grid.act(
            verb,
            id,
            by: actor,
            answer: id.isRoot && answer == .takeOver && !mayRecallRoot ? .carryOn : answer,
            dueAt: verb == .answer && answer == .carryOn && random.chance(50) ? later : nil,
            post: verb == .reassign ? peer(of: holder, below: issuer) : nil
        )
    }

    /// A post that might take over from another; now and then one that may not.
    private mutating func peer(of holder: PostAddress, below issuer: PostAddress) -> PostAddress {
        let peers = Self.units.filter { $0.post.role == holder.role && issuer.code.contains($0.code) }
        return random.pick(peers.isEmpty || random.chance(5) ? Self.units : peers).post
    }

    // MARK: Everybody keeps working

    private mutating func finish() -> [String] {
        guard let root else { return ["no order was issued"] }
        for _ in 0..<Self.patience {
            if let broken = settle() { return broken }
            let broken = GridInvariants.brokenAtRest(grid)
            guard broken.isEmpty else { return broken }
            guard grid.assignments[root]?.state.isFinal == false else { break }
            for id in grid.ids {
                guard let act = nextAct(on: id) else { continue }
                steps += 1
                let decision = grid.act(act.verb, act.about, by: act.actor, answer: act.answer, post: act.post)
                guard decision.outcome == .applied else {
                    return ["\(act.actor) may not \(act.verb) \(act.about): \(decision.outcome)"]
                }
                if let broken = settle() { return broken }
            }
        }
        guard let end = grid.assignments[root] else { return ["the order is gone"] }
        var broken = GridInvariants.brokenAtRest(grid)
        let recalled = end.state == .recalled && grid.events(root).contains(.recalled)
        if end.state != .completed, !recalled { broken.append("everybody worked, and \(root) is \(end.state)") }
        return broken
    }

    /// Delivers all mail, in any order, and lets what waits in vain be given up.
    private mutating func settle() -> [String]? {
        repeat {
            while !grid.mail.isEmpty {
                steps += 1
                deliverAny()
                let broken = GridInvariants.brokenAfterStep(grid)
                if !broken.isEmpty { return broken }
            }
            if !grid.waiting.isEmpty { grid.advance(to: grid.now.adding(milliseconds: MemoryGrid.patience)) }
            if losing {
                rounds += 1
                guard rounds < 10_000 else { return ["comparing pages finds no end"] }
                grid.reconcile(rounds)
            }
        } while !grid.mail.isEmpty
        return nil
    }

    private struct Act {
        let verb: CommandVerb
        let about: AssignmentID
        let actor: PostAddress
        var answer: AnswerKind?
        var post: PostAddress?
    }

    /// What whoever holds an assignment up does about it.
    private mutating func nextAct(on id: AssignmentID) -> Act? {
        guard let assignment = grid.assignments[id] else { return nil }
        switch assignment.state {
        case .completed, .returned, .recalled, .submitted: return nil
        case .issued: return Act(verb: .acknowledge, about: id, actor: assignment.post)
        case .escalated:
            return assignment.escalatedTo.map { Act(verb: .answer, about: id, actor: $0, answer: answer(id, $0)) }
        case .accepted:
            for leg in grid.openLegs(of: id) {
                if leg.state == .submitted { return settlement(of: leg, by: assignment.post) }
                if leg.state == .returned {
                    let post = random.chance(50) ? leg.post : nil
                    return Act(
                        verb: post == nil ? .recall : .reassign,
                        about: leg.id,
                        actor: assignment.post,
                        post: post
                    )
                }
            }
            return assignment.legs.open == 0 ? Act(verb: .complete, about: id, actor: assignment.post) : nil
        }
    }

    private mutating func answer(_ id: AssignmentID, _ superior: PostAddress) -> AnswerKind {
        if random.chance(20), grid.organization.superior(of: superior) != nil { return .passUp }
        return random.chance(10) && !id.isRoot ? .takeOver : .carryOn
    }

    private mutating func settlement(of leg: Leg, by issuer: PostAddress) -> Act {
        // Nobody is sent back for ever, or the order would never be done.
        let again = random.chance(25) && (grid.assignments[leg.id]?.rework ?? 0) < 2
        return Act(verb: again ? .rework : .signOff, about: leg.id, actor: issuer)
    }
}
