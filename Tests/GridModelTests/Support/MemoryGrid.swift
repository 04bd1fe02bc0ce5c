//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// The state files and the broker of a whole street, in memory: pages as dictionaries, an inbox, a bag of mail that a
/// test may empty in any order, messages that wait, timers, and a clock that a test moves.
///
/// A message is handled as a node handles it: inbox, page, `decide`, all of the decision written at once.
struct MemoryGrid {
    /// Which posts share a state file.
    enum Hosting: CaseIterable {
        case oneNode
        /// The street has a node, and so has each community; a node sees its own pages only.
        case nodePerCommunity
    }

    struct TimerKey: Hashable {
        let assignment: AssignmentID
        let kind: TimerKind
    }

    struct Waiting {
        let message: Message
        let assignment: AssignmentID
        let until: Instant
    }

    struct Burial {
        let message: Message
        let reason: String
    }

    private struct InboxKey: Hashable {
        let source: String
        let id: MessageID
    }

    struct NodeOrder: Hashable {
        let node: UnitCode
        let order: OrderID
    }

    /// How long a message waits for its assignment.
    static let patience: Int64 = 60_000

    let organization: Organization
    let hosting: Hosting
    /// The time; a test moves it.
    var now = SampleGrid.morning
    /// Mail sent and not delivered yet, oldest first.
    var mail: [Mail] = []
    /// The assignments whose page the last message changed, those that it woke included.
    private(set) var touched: [AssignmentID] = []
    /// Every assignment issued so far, in order of issue, whether or not it has reached its holder.
    private(set) var ids: [AssignmentID] = []
    /// Assignments that were final and changed their state all the same: there must be none.
    private(set) var resurrected: [AssignmentID] = []
    private(set) var assignments: [AssignmentID: Assignment] = [:]
    private(set) var legs: [AssignmentID: Leg] = [:]
    private(set) var children: [AssignmentID: [AssignmentID]] = [:]
    private(set) var escalations: [PageQuery.EscalationKey: [Escalation]] = [:]
    private(set) var timers: [TimerKey: Instant] = [:]
    private(set) var history: [AssignmentID: [HistoryEntry]] = [:]
    private(set) var waiting: [Waiting] = []
    private(set) var dead: [Burial] = []
    private(set) var refusals: [Refusal] = []
    /// The messages handled, in order, with the time of each: enough to repeat a run.
    private(set) var log: [(message: Message, now: Instant)] = []
    /// Every mail ever sent, in order.
    private(set) var sent: [Mail] = []
    private var orders: [NodeOrder: WorkOrder] = [:]
    private var ordersOfDay: [PageQuery.DayKey: Int] = [:]
    private var inbox: Set<InboxKey> = []
    private var commandCounts: [PostAddress: Int] = [:]

    init(_ organization: Organization = SampleGrid.organization, hosting: Hosting = .oneNode) {
        self.organization = organization
        self.hosting = hosting
    }

    // MARK: Handling

    /// Handles a message once; a repetition changes nothing.
    @discardableResult
    mutating func handle(_ message: Message) -> Decision {
        touched.removeAll(keepingCapacity: true)
        // A timer is kept from firing twice by its row.
        if case .timer = message { return process(message) }
        guard inbox.insert(InboxKey(source: message.source, id: message.id)).inserted else {
            var nothing = Decision()
            nothing.outcome = .ignored
            return nothing
        }
        return process(message)
    }

    private mutating func process(_ message: Message) -> Decision {
        log.append((message, now))
        let node = node(of: message)
        let page = page(for: message.pageQuery(at: now), at: node)
        let decision = decide(message, on: page, in: organization, at: now)
        apply(decision, of: message, at: node)
        wake(after: decision)
        return decision
    }

    private func node(of message: Message) -> UnitCode {
        switch message {
        case .mail(let mail): node(of: mail.target)
        case .command(let command): node(of: command.actor)
        case .timer(let firing): node(of: assignments[firing.assignment]?.post ?? SampleGrid.street)
        }
    }

    private func node(of post: PostAddress) -> UnitCode {
        switch hosting {
        case .oneNode: SampleGrid.street.code
        case .nodePerCommunity: post.code.prefix(12) ?? post.code
        }
    }

    /// The rows a query asks for, as far as `node` has them.
    func page(for query: PageQuery, at node: UnitCode) -> Page {
        var page = Page()
        if let id = query.assignment {
            page.order = orders[NodeOrder(node: node, order: id.order)]
            if let assignment = assignments[id], self.node(of: assignment.post) == node {
                page.assignment = assignment
                if query.openLegs { page.openLegs = openLegs(of: id) }
            }
        }
        if let id = query.leg, let parentID = id.parent {
            page.order = page.order ?? orders[NodeOrder(node: node, order: id.order)]
            if let parent = assignments[parentID], self.node(of: parent.post) == node {
                page.parent = parent
                page.leg = legs[id]
            }
        }
        if let key = query.escalation, self.node(of: key.superior) == node { page.escalation = escalations[key]?.last }
        if let key = query.numbersOfDay { page.lastNumber = ordersOfDay[key] ?? 0 }
        return page
    }

    /// The legs of an assignment that its issuer has yet to see the end of.
    func openLegs(of id: AssignmentID) -> [Leg] {
        (children[id] ?? []).compactMap { legs[$0] }.filter { !$0.state.isFinal || $0.state == .returned }
    }

    private mutating func apply(_ decision: Decision, of message: Message, at node: UnitCode) {
        if let order = decision.order { save(order, at: node) }
        if let assignment = decision.assignment { save(assignment) }
        for leg in decision.legs { save(leg) }
        if let escalation = decision.escalation { save(escalation) }
        for entry in decision.history { history[entry.assignment, default: []].append(entry) }
        for change in decision.timers { apply(change) }
        mail += decision.outgoing
        sent += decision.outgoing
        switch decision.outcome {
        case .applied, .ignored: break
        case .refused(let refusal): refusals.append(refusal)
        case .waiting(let assignment):
            let until = now.adding(milliseconds: Self.patience)
            waiting.append(Waiting(message: message, assignment: assignment, until: until))
        case .dead(let reason): dead.append(Burial(message: message, reason: reason))
        }
    }

    private mutating func save(_ order: WorkOrder, at node: UnitCode) {
        let known = orders.updateValue(order, forKey: NodeOrder(node: node, order: order.id))
        guard known == nil, self.node(of: order.issuedBy) == node else { return }
        let day = CalendarDay(of: order.issuedAt, offsetMinutes: CalendarDay.chinaOffsetMinutes)
        ordersOfDay[PageQuery.DayKey(issuer: order.issuedBy, day: day), default: 0] += 1
    }

    private mutating func save(_ assignment: Assignment) {
        let known = assignments.updateValue(assignment, forKey: assignment.id)
        touched.append(assignment.id)
        if known == nil, assignment.id.isRoot { ids.append(assignment.id) }
        if let known, known.state.isFinal, known.state != assignment.state { resurrected.append(assignment.id) }
    }

    private mutating func save(_ leg: Leg) {
        if legs.updateValue(leg, forKey: leg.id) == nil, let parent = leg.id.parent {
            children[parent, default: []].append(leg.id)
            ids.append(leg.id)
        }
    }

    private mutating func save(_ escalation: Escalation) {
        let key = PageQuery.EscalationKey(assignment: escalation.assignment, superior: escalation.superior)
        if escalations[key]?.last?.revision == escalation.revision { escalations[key]?.removeLast() }
        escalations[key, default: []].append(escalation)
    }

    private mutating func apply(_ change: Decision.TimerChange) {
        switch change {
        case .set(let id, let kind, let instant): timers[TimerKey(assignment: id, kind: kind)] = instant
        case .cancel(let id, let kind): timers[TimerKey(assignment: id, kind: kind)] = nil
        case .cancelAll(let id):
            for kind in TimerKind.allCases { timers[TimerKey(assignment: id, kind: kind)] = nil }
        }
    }

    /// Handles again what waited for something that the decision brought.
    private mutating func wake(after decision: Decision) {
        guard !waiting.isEmpty else { return }
        var known = Set(decision.legs.map(\.id))
        if let id = decision.assignment?.id { known.insert(id) }
        if let id = decision.escalation?.assignment { known.insert(id) }
        let awake = waiting.filter { known.contains($0.assignment) }
        guard !awake.isEmpty else { return }
        waiting.removeAll { known.contains($0.assignment) }
        for entry in awake { _ = process(entry.message) }
    }

    // MARK: Mail

    /// Delivers the mail at `index` of the bag.
    @discardableResult
    mutating func deliver(at index: Int) -> Decision {
        handle(.mail(mail.remove(at: index)))
    }

    // MARK: Commands

    /// Hands in a command, numbered as a simple agent numbers its own.
    @discardableResult
    mutating func command(_ body: CommandBody, by actor: PostAddress) -> Decision {
        commandCounts[actor, default: 0] += 1
        let id = SampleGrid.messageID("\(commandCounts[actor, default: 0])")
        return handle(.command(Command(id: id, actor: actor, body: body)))
    }

    // MARK: Time

    /// Moves the clock to `instant`; timers on the way fire at their time, and what waited too long is given up.
    mutating func advance(to instant: Instant) {
        while let next = timers.filter({ $0.value <= instant }).min(by: Self.firesBefore) {
            now = max(now, next.value)
            fire(next.key)
        }
        now = max(now, instant)
        expireWaiting()
    }

    /// Fires one timer, as the node's clock does: the row goes in the same transaction.
    @discardableResult
    mutating func fire(_ key: TimerKey) -> Decision? {
        guard let instant = timers.removeValue(forKey: key) else { return nil }
        return handle(.timer(TimerFiring(assignment: key.assignment, kind: key.kind, at: instant)))
    }

    private mutating func expireWaiting() {
        for entry in waiting where entry.until <= now {
            switch entry.message {
            case .command(let command):
                let page = page(for: entry.message.pageQuery(at: now), at: node(of: command.actor))
                refusals.append(refusalInVain(of: command, on: page))
            case .mail, .timer: dead.append(Burial(message: entry.message, reason: "\(entry.assignment) never came"))
            }
        }
        waiting.removeAll { $0.until <= now }
    }

    private static func firesBefore(_ left: (key: TimerKey, value: Instant), _ right: (key: TimerKey, value: Instant))
        -> Bool
    {
        (left.value, left.key.assignment.text, left.key.kind.rawValue)
            < (right.value, right.key.assignment.text, right.key.kind.rawValue)
    }
}
