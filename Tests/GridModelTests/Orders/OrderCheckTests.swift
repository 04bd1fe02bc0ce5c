//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("The check of an order")
struct OrderCheckTests {
    /// A mistake in a draft that is sound otherwise, and what is said about it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let problem: String
        let make: @Sendable (inout OrderDraft) -> Void

        init(_ name: String, _ problem: String, _ make: @escaping @Sendable (inout OrderDraft) -> Void) {
            testDescription = name
            (self.problem, self.make) = (problem, make)
        }
    }

    private static let mistakes = [
        Mistake("empty title", "title: say in one line") { $0.title = "" },
        Mistake("blank title", "title: say in one line") { $0.title = " \u{3000}" },
        Mistake("title of two lines", "title: keep it to one line") { $0.title = "a\nb" },
        Mistake("title with a carriage return", "title: keep it to one line") { $0.title = "a\rb" },
        Mistake("title too long", "title: longer than 200 characters") {
            $0.title = String(repeating: "查", count: 201)
        },
        Mistake("empty body", "body: say what is to be done") { $0.body = "\n" },
        Mistake("body too long", "body: longer than 20000 characters") {
            $0.body = String(repeating: "查", count: 20_001)
        },
        Mistake("NUL in the title", "no NUL characters") { $0.title = "a\0" },
        Mistake("NUL in the body", "no NUL characters") { $0.body = "a\0" },
        Mistake("acceptBy is over", "acceptBy: 2026-11-22T23:59:59.999Z is in the past") {
            $0.acceptBy = .at(SampleGrid.morning.adding(milliseconds: -1))
        },
        Mistake("dueAt is now", "dueAt: 2026-11-23T00:00:00.000Z is in the past") {
            $0.dueAt = .at(SampleGrid.morning)
        },
        Mistake("acceptBy after dueAt", "acceptBy: later than dueAt") {
            ($0.acceptBy, $0.dueAt) = (.after(milliseconds: 2_000), .after(milliseconds: 1_000))
        },
        Mistake("cascade to a role that is none", "cascade.to: mayor is none of cell-leader, group-leader, liaison") {
            $0.cascade.to = "mayor"
        },
        Mistake("cascade to the issuer's own role", "cascade.to: office is none of cell-leader") {
            $0.cascade.to = "office"
        },
        Mistake("sign-off by a role that is none", "signOff: no level that gets work has the role mayor") {
            $0.signOff = ["cell-leader", "mayor"]
        },
        Mistake("scope that is no code", "scope/1: there is no unit here") { $0.scope.append("here") },
        Mistake("scope that is no unit", "scope/0: there is no unit 310105002009") { $0.scope = ["310105002009"] },
        Mistake("scope below the cells", "scope/0: 31010500200100101 is below the level that gets work first") {
            $0.scope = ["31010500200100101"]
        },
    ]

    private static func problems(
        _ draft: OrderDraft,
        issuer: PostAddress = SampleGrid.street,
        in organization: Organization = SampleGrid.organization
    ) -> [String] {
        do {
            _ = try OrderCheck.check(
                draft,
                issuer: issuer,
                number: 1,
                organization: organization,
                now: SampleGrid.morning
            )
            return []
        } catch {
            return error.texts
        }
    }

    private static func order(
        _ draft: OrderDraft,
        issuer: PostAddress = SampleGrid.street,
        number: Int = 1,
        now: Instant = SampleGrid.morning
    ) throws -> OrderCheck.Result {
        try OrderCheck.check(
            draft,
            issuer: issuer,
            number: number,
            organization: SampleGrid.organization,
            now: now
        )
    }

    @Test("refuses an order for which the day has no case number left")
    func noNumberLeft() throws {
        #expect(try Self.order(SampleGrid.draft(), number: 999_999).order.id.text.hasSuffix("-999999"))
        let error = #expect(throws: OrderCheck.Problems.self) {
            try Self.order(SampleGrid.draft(), number: 1_000_000)
        }
        #expect(error?.texts == ["there is no case number left for today; issue it tomorrow"])
    }

    @Test("finds each mistake, alone, and says where it is", arguments: mistakes)
    func finds(mistake: Mistake) throws {
        var draft = SampleGrid.draft()
        mistake.make(&draft)
        let problems = Self.problems(draft)
        #expect(problems.count == 1, "\(problems)")
        #expect(try #require(problems.first).contains(mistake.problem), "\(problems)")
    }

    @Test("finds all mistakes of a draft at once")
    func allAtOnce() {
        var draft = SampleGrid.draft(scope: [], to: "mayor")
        draft.title = ""
        draft.dueAt = .at(SampleGrid.morning)
        let names = Self.problems(draft).compactMap { $0.split(separator: ":").first }
        #expect(names == ["title", "scope", "dueAt", "cascade.to"])
    }

    @Test("takes texts up to their limits, counted in characters")
    func limits() throws {
        var draft = SampleGrid.draft()
        draft.title = String(repeating: "查", count: OrderDraft.longestTitle)
        draft.body = String(repeating: "查\n", count: OrderDraft.longestBody / 2)
        #expect(Self.problems(draft) == [])
    }

    @Test("refuses an issuer that is no post, or that has nobody to give work to")
    func issuers() throws {
        let draft = SampleGrid.draft()
        #expect(Self.problems(draft, issuer: try post("office@999")) == ["issuer: there is no post office@999"])
        let liaison = SampleGrid.liaison(1, 1, 1, 1)
        #expect(
            Self.problems(draft, issuer: liaison)
                == ["issuer: \(liaison) has no level below it to give work to"]
        )
    }

    @Test("keeps an issuer to its own area")
    func foreignArea() {
        let problems = Self.problems(
            SampleGrid.draft(scope: ["310105002001001", "310105002002001", "310105002"]),
            issuer: SampleGrid.community(1)
        )
        #expect(problems.count == 2)
        #expect(problems.first?.hasPrefix("scope/1: 310105002002001 does not lie in 310105002001") == true)
        #expect(problems.last?.hasPrefix("scope/2: 310105002 does not lie in 310105002001") == true)
    }

    @Test("refuses an area in which nobody can be given work")
    func emptyArea() throws {
        let document = SampleOrganization.document(communities: 1, cells: 0)
        let organization = try OrganizationValidator.organization(from: document)
        #expect(
            Self.problems(SampleGrid.draft(scope: ["310105002001"]), in: organization)
                == ["scope: nobody in it can be given work"]
        )
    }

    @Test("gives the root's legs to the cells in scope, each once, sorted by code, however the areas overlap")
    func targets() throws {
        let cells = [2, 1].flatMap { community in [3, 1, 2].map { SampleGrid.cellLeader(community, $0) } }
        #expect(try Self.order(SampleGrid.draft(scope: ["310105002"])).targets == cells.sorted())
        let mixed = ["310105002002003", "310105002001", "310105002001002", "310105002002003"]
        #expect(
            try Self.order(SampleGrid.draft(scope: mixed)).targets
                == (1...3).map { SampleGrid.cellLeader(1, $0) } + [SampleGrid.cellLeader(2, 3)]
        )
        #expect(
            try Self.order(SampleGrid.draft(scope: ["310105002001003"]), issuer: SampleGrid.community(1)).targets
                == [SampleGrid.cellLeader(1, 3)]
        )
    }

    @Test("keeps each unit and role of a file once, however often it is named")
    func repetitions() throws {
        var draft = SampleGrid.draft(scope: Array(repeating: "310105002001", count: 20_000))
        draft.signOff = Array(repeating: "cell-leader", count: 20_000)
        let order = try Self.order(draft).order
        #expect(order.scope.map(\.digits) == ["310105002001"])
        #expect(order.signOff == ["cell-leader"])
    }

    @Test("says of thousands of mistakes what a person will read")
    func manyMistakes() {
        var draft = SampleGrid.draft(scope: (0..<20_000).map { "\($0)" })
        draft.signOff = [String(repeating: "mayor", count: 50_000)]
        let problems = Self.problems(draft)
        #expect(problems.count == 21)
        #expect(problems.last == "and 19981 more")
        #expect(problems.allSatisfy { $0.utf8.count < 200 })
    }

    @Test("makes the order as drafted, its number from the issuer and the day in China, its limits counted from now")
    func order() throws {
        let draft = SampleGrid.draft(
            to: "liaison",
            mode: .onAcceptance,
            signOff: ["cell-leader"],
            rollUp: .byHolder,
            acceptWithinHours: 1,
            dueWithinHours: 2
        )
        // A quarter to midnight in China, the afternoon of the same day in UTC; and half an hour later.
        let evening = SampleGrid.morning.adding(milliseconds: 15 * SampleGrid.hour + 45 * 60_000)
        let order = try Self.order(draft, number: 7, now: evening).order
        #expect(order.id.text == "310105002-20261123-0007")
        #expect(order.issuedBy == SampleGrid.street && order.issuedAt == evening)
        #expect(order.title == draft.title && order.body == draft.body && order.module == draft.module)
        #expect(order.scope.map(\.digits) == draft.scope && order.cascade == draft.cascade)
        #expect(order.signOff == draft.signOff && order.rollUp == draft.rollUp && order.priority == draft.priority)
        #expect(order.acceptBy == evening.adding(milliseconds: SampleGrid.hour))
        #expect(order.dueAt == evening.adding(milliseconds: 2 * SampleGrid.hour))
        let later = evening.adding(milliseconds: 30 * 60_000)
        #expect(try Self.order(draft, now: later).order.id.text == "310105002-20261124-0001")
    }
}
