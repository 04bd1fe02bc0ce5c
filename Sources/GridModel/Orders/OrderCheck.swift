//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Checks a draft against the organization and the clock.
struct OrderCheck {
    /// What a sound draft comes to.
    struct Result {
        let order: WorkOrder
        /// The posts that get the root's legs, sorted by code.
        let targets: [PostAddress]
    }

    /// A draft is refused with all its problems, as far as a person will read them: the answer to a file that somebody made
    /// up of thousands must not be larger than the file.
    struct Problems: Error {
        private static let most = 20

        let texts: [String]

        init(_ all: [String]) {
            let rest = all.count - Self.most
            texts = all.prefix(Self.most) + (rest > 0 ? ["and \(rest) more"] : [])
        }
    }

    /// Checks `draft` as issued by `issuer` at `now`, the `number`-th of the day.
    static func check(
        _ draft: OrderDraft,
        issuer: PostAddress,
        number: Int,
        organization: Organization,
        now: Instant
    ) throws(Problems) -> Result {
        var problems = textProblems(draft)
        let acceptBy = draft.acceptBy?.instant(from: now)
        let dueAt = draft.dueAt?.instant(from: now)
        problems += deadlineProblems(acceptBy: acceptBy, dueAt: dueAt, now: now)
        let (scope, targets, scopeProblems) = resolve(draft, issuer: issuer, organization: organization)
        problems += scopeProblems
        if number > OrderID.highestNumber {
            problems.append("there is no case number left for today; issue it tomorrow")
        }
        guard problems.isEmpty else { throw Problems(problems) }
        let day = CalendarDay(of: now, offsetMinutes: CalendarDay.chinaOffsetMinutes)
        let order = WorkOrder(
            id: OrderID(issuer: issuer.code, day: day, number: number),
            issuedBy: issuer,
            issuedAt: now,
            title: draft.title,
            body: draft.body,
            module: draft.module,
            priority: draft.priority,
            scope: scope,
            cascade: draft.cascade,
            signOff: Self.once(draft.signOff),
            rollUp: draft.rollUp,
            acceptBy: acceptBy,
            dueAt: dueAt
        )
        return Result(order: order, targets: targets)
    }

    /// Each element once: a file may name a unit or a role as often as it has room, and every mail carries the order.
    private static func once(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// As much of a text that is no code or role as shows which one is meant.
    private static func quoted(_ text: String) -> String {
        String(text.prefix(40))
    }

    private static func textProblems(_ draft: OrderDraft) -> [String] {
        var problems: [String] = []
        if draft.title.allSatisfy(\.isWhitespace) { problems.append("title: say in one line what is to be done") }
        if draft.title.contains(where: \.isNewline) { problems.append("title: keep it to one line") }
        if draft.title.unicodeScalars.count > OrderDraft.longestTitle {
            problems.append("title: longer than \(OrderDraft.longestTitle) characters")
        }
        if draft.body.allSatisfy(\.isWhitespace) { problems.append("body: say what is to be done") }
        if draft.body.unicodeScalars.count > OrderDraft.longestBody {
            problems.append("body: longer than \(OrderDraft.longestBody) characters")
        }
        if (draft.title + draft.body).unicodeScalars.contains("\0") {
            problems.append("title, body: no NUL characters")
        }
        if draft.scope.isEmpty { problems.append("scope: name at least one street, community or cell") }
        return problems
    }

    private static func deadlineProblems(acceptBy: Instant?, dueAt: Instant?, now: Instant) -> [String] {
        var problems: [String] = []
        if let acceptBy, acceptBy <= now { problems.append("acceptBy: \(acceptBy) is in the past") }
        if let dueAt, dueAt <= now { problems.append("dueAt: \(dueAt) is in the past") }
        if let acceptBy, let dueAt, acceptBy > dueAt { problems.append("acceptBy: later than dueAt") }
        return problems
    }

    private static func resolve(
        _ draft: OrderDraft,
        issuer: PostAddress,
        organization: Organization
    ) -> ([UnitCode], [PostAddress], [String]) {
        guard let unit = organization.unit(of: issuer) else {
            return ([], [], ["issuer: there is no post \(issuer)"])
        }
        var problems: [String] = []
        guard let first = organization.workLevel(below: unit.levelIndex) else {
            return ([], [], ["issuer: \(issuer) has no level below it to give work to"])
        }
        if let last = organization.workLevel(role: draft.cascade.to), last >= first {
        } else {
            let roles = organization.levels.indices.filter { $0 >= first && organization.levels[$0].receivesWork }
                .map { organization.levels[$0].role }
            problems.append("cascade.to: \(quoted(draft.cascade.to)) is none of \(roles.joined(separator: ", "))")
        }
        for role in once(draft.signOff) where organization.workLevel(role: role) == nil {
            problems.append("signOff: no level that gets work has the role \(quoted(role))")
        }
        var scope: [UnitCode] = []
        var targets: Set<PostAddress> = []
        var seen: Set<String> = []
        for (index, text) in draft.scope.enumerated() where seen.insert(text).inserted {
            guard let code = UnitCode(text), let area = organization.unit(code) else {
                problems.append("scope/\(index): there is no unit \(quoted(text))")
                continue
            }
            guard unit.code.contains(code) else {
                problems.append("scope/\(index): \(code) does not lie in \(unit.code), which \(issuer) answers for")
                continue
            }
            guard area.levelIndex <= first else {
                problems.append("scope/\(index): \(code) is below the level that gets work first; name its cell")
                continue
            }
            scope.append(code)
            targets.formUnion(organization.units(in: code).filter { $0.levelIndex == first }.map(\.post))
        }
        if problems.isEmpty, targets.isEmpty { problems.append("scope: nobody in it can be given work") }
        return (scope, targets.sorted(), problems)
    }
}
