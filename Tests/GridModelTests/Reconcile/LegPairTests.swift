//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// What is sent again for every way in which a leg and its holder's page can disagree.
@Suite("A leg compared with its holder's page")
struct LegPairTests {
    /// The leg at revision 3; the holder at the same, one behind, one ahead. `-` is agreement.
    private static let rules = RuleTable(
        """
        leg       holder | none     issued     accepted     submitted       escalated  completed returned recalled  | goes out
        issued    same   | issued   -          issued       issued          issued     issued    issued   issued    | -
        accepted  same   | issued   issued     -            reworkRequested issued     issued    issued   issued    | -
        submitted same   | issued   issued     issued       -               issued     issued    issued   issued    | -
        escalated same   | issued   issued     issued       issued          -          issued    issued   issued    | -
        completed same   | -        recalled   recalled     signedOff       recalled   -         -        -         | -
        returned  same   | -        recalled   recalled     recalled        recalled   -         -        -         | -
        recalled  same   | recalled recalled   recalled     recalled        recalled   -         -        -         | -
        issued    behind | issued   issued     issued       issued          issued     issued    issued   issued    | -
        accepted  behind | issued   issued     issued       issued          issued     issued    issued   issued    | -
        submitted behind | issued   issued     issued       issued          issued     issued    issued   issued    | -
        escalated behind | issued   issued     issued       issued          issued     issued    issued   issued    | -
        completed behind | -        recalled   recalled     signedOff       recalled   -         -        -         | -
        returned  behind | -        recalled   recalled     recalled        recalled   -         -        -         | -
        recalled  behind | recalled recalled   recalled     recalled        recalled   -         -        -         | -
        issued    ahead  | issued   -          acknowledged submitted       progressed completed returned takenOver | -
        accepted  ahead  | issued   progressed -            submitted       progressed completed returned takenOver | -
        submitted ahead  | issued   progressed acknowledged submitted       progressed completed returned takenOver | -
        escalated ahead  | issued   progressed acknowledged submitted       -          completed returned takenOver | -
        completed ahead  | -        recalled   recalled     signedOff       recalled   -         -        -         | -
        returned  ahead  | -        recalled   recalled     recalled        recalled   -         -        -         | -
        recalled  ahead  | recalled recalled   recalled     recalled        recalled   completed -        -         | -
        """
    )

    @Test("What is sent again is what the table says", arguments: rules.cells)
    func followsTable(cell: RuleTable.Cell) throws {
        let pages = try Pages(cell)
        #expect(pages.pair.missing(at: SampleGrid.morning)?.body.event.rawValue ?? "-" == cell.expected)
    }

    @Test(
        "Once what is sent again has arrived the two agree, and the same once more changes nothing",
        arguments: rules.cells
    )
    func converges(cell: RuleTable.Cell) throws {
        var pages = try Pages(cell)
        var rounds = 0
        while let missing = pages.pair.missing(at: SampleGrid.morning) {
            rounds += 1
            try #require(rounds <= 3, "\(pages.leg.standing) and \(String(describing: pages.holder?.standing)) go on")
            pages.deliver(missing)
            let settled = pages
            pages.deliver(missing)
            #expect(pages.leg == settled.leg)
            #expect(pages.holder == settled.holder)
            #expect(pages.parent.legs == settled.parent.legs)
        }
        if let holder = pages.holder, !pages.leg.state.isFinal { #expect(holder.state == pages.leg.state) }
        #expect(pages.parent.legs[pages.leg.state] == 1 && pages.parent.legs.total == 1)
    }

    @Test("A leg signed off is told again where its holder's page is another node's, and not where it should be here")
    func signedOffElsewhere() throws {
        let cell = try #require(Self.rules.cells.first { $0.keys == ["completed", "same"] && $0.column == "none" })
        var pair = try Pages(cell).pair
        pair.isHosted = false
        #expect(pair.missing(at: SampleGrid.morning)?.body == .signedOff(ReplyBody(revision: 3)))
        pair.order.signOff = []
        #expect(pair.missing(at: SampleGrid.morning) == nil)
    }

    @Test("A leg that never arrived gets its time to be acknowledged anew, and never more than the work has")
    func timeAnew() throws {
        let cell = try #require(Self.rules.cells.first { $0.keys == ["issued", "same"] && $0.column == "none" })
        let pair = try Pages(cell).pair
        let later = SampleGrid.morning.adding(milliseconds: 9 * SampleGrid.hour)
        guard case .issued(let body)? = pair.missing(at: later)?.body else {
            Issue.record("not issued again")
            return
        }
        #expect(body.issuedAt == later)
        #expect(body.acceptBy == SampleGrid.morning.adding(milliseconds: 10 * SampleGrid.hour))
        #expect(body.dueAt == pair.order.dueAt)
        #expect(body.order == pair.order && body.area == pair.leg.area)
    }

    @Test("Mail that is sent again has an identifier of its round and its position")
    func identifiers() throws {
        let cell = try #require(Self.rules.cells.first)
        let missing = try #require(try Pages(cell).pair.missing(at: SampleGrid.morning))
        let round = try #require(ReconcileRound("r1"))
        #expect(missing.mail(in: round, at: 7, now: SampleGrid.morning).id.text == "reconcile:r1/7")
        #expect(ReconcileRound("no blanks") == nil)
        #expect(ReconcileRound(String(repeating: "x", count: 100)) == nil)
    }

    /// The two pages, and the messages between them handled by `decide`.
    private struct Pages {
        var parent: Assignment
        var leg: Leg
        var holder: Assignment?
        let order: WorkOrder
        private var deliveries = 0

        init(_ cell: RuleTable.Cell) throws {
            var grid = MemoryGrid()
            let root = grid.issue(
                SampleGrid.draft(
                    signOff: ["cell-leader"],
                    rollUp: .byHolder,
                    acceptWithinHours: 5,
                    dueWithinHours: 10
                )
            )
            guard case .issued(let body)? = grid.mail.first?.body else { throw Missing() }
            order = body.order
            grid.deliverAll()
            guard let parent = grid.assignments[root], let leg = grid.legs[root.leg(1)] else { throw Missing() }
            self.parent = parent
            self.leg = leg
            guard let state = AssignmentState(rawValue: cell.keys[0]) else { throw Missing() }
            self.parent.legs = LegCounts()
            self.parent.legs[state] = 1
            self.leg.state = state
            self.leg.revision = 3
            guard cell.column != "none" else { return }
            guard var holder = grid.assignments[leg.id], let actual = AssignmentState(rawValue: cell.column) else {
                throw Missing()
            }
            holder.state = actual
            holder.revision = ["behind": 2, "same": 3, "ahead": 4][cell.keys[1]] ?? 0
            if actual != .issued { holder.acceptedAt = SampleGrid.morning }
            if actual == .escalated { (holder.escalatedTo, holder.rung) = (SampleGrid.community(1), 1) }
            self.holder = holder
        }

        var pair: LegPair { LegPair(leg: leg, issuer: parent.post, order: order, holder: holder) }

        /// Delivers a mail under an identifier of its own, and all it leads to between the two.
        mutating func deliver(_ missing: MissingMail) {
            deliveries += 1
            guard let round = ReconcileRound("r\(deliveries)") else { preconditionFailure("no round") }
            var bag = [missing.mail(in: round, at: 1, now: SampleGrid.morning)]
            while let mail = bag.popLast() {
                guard mail.target == leg.post || mail.target == parent.post, mail.assignment == leg.id else { continue }
                var page = Page()
                page.order = order
                if mail.target == leg.post { page.assignment = holder } else { (page.parent, page.leg) = (parent, leg) }
                let decision = decide(.mail(mail), on: page, in: SampleGrid.organization, at: SampleGrid.morning)
                if let changed = decision.assignment {
                    if changed.id == leg.id { holder = changed } else { parent = changed }
                }
                for changed in decision.legs where changed.id == leg.id { leg = changed }
                bag += decision.outgoing
            }
        }

        private struct Missing: Error {}
    }
}
