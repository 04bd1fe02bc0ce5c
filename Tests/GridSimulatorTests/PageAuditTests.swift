//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridSimulator
@testable import GridStore

/// A cell leader's page with two legs, escalated to the community's office and passed up to the street's.
@Suite("Page audit")
struct PageAuditTests {
    private static let events: [(HistoryEntry.Event, actor: String?, leg: Int?)] = [
        (.issued, "office", nil), (.legIssued, "leader", 1), (.legIssued, "leader", 2),
        (.acknowledged, "leader", nil), (.legAcknowledged, "liaison", 1), (.legCompleted, "liaison", 1),
        (.escalated, nil, nil), (.passedUp, "community", nil),
    ]

    private let street: SimulatedStreet
    private let posts: [String: PostAddress]
    private let id: AssignmentID
    private let order: WorkOrder
    private var page: Assignment
    private var legs: [Leg]

    init() throws {
        let street = try SimulatedStreet()
        let leader = try #require(street.posts.first { $0.role == "cell-leader" })
        let liaison = try #require(street.posts.first { $0.role == "liaison" })
        self.street = street
        posts = [
            "office": street.office, "community": street.community, "leader": leader, "liaison": liaison,
        ]
        let root = try #require(AssignmentID("\(street.office.code)-20261123-0001"))
        let id = root.leg(1)
        self.id = id
        order = WorkOrder(
            id: root.order,
            issuedBy: street.office,
            issuedAt: Instant(milliseconds: 1),
            title: "Check the fire lanes",
            body: "",
            module: .publicSafety,
            priority: .normal,
            scope: [leader.code],
            cascade: Cascade(to: "liaison", mode: .automatic),
            signOff: [],
            rollUp: .automatic,
            acceptBy: Instant(milliseconds: 100),
            dueAt: Instant(milliseconds: 200)
        )
        page = Assignment(
            id: id,
            post: leader,
            issuer: street.office,
            area: leader.code,
            state: .escalated,
            acceptBy: order.acceptBy,
            dueAt: order.dueAt,
            issuedAt: order.issuedAt,
            updatedAt: Instant(milliseconds: 8)
        )
        page.acceptedAt = Instant(milliseconds: 4)
        page.escalatedTo = street.office
        legs = [1, 2].map { Leg(id: id.leg($0), post: liaison, area: liaison.code) }
        legs[0].state = .completed
    }

    private func broken() throws -> [String] {
        var book = CommitBook()
        let lines = try Self.events.enumerated().map { n, event in
            HistoryLine(
                n: Int64(n + 1),
                assignment: id,
                event: event.0,
                at: Instant(milliseconds: Int64(n + 1)),
                actor: event.actor.flatMap { posts[$0] },
                leg: event.leg.map { id.leg($0) },
                cause: try #require(MessageID("m\(n)"))
            )
        }
        #expect(book.add(lines) == [])
        return PageAudit.broken(page, legs, of: order, toldBy: book, in: street.organization)
    }

    @Test("A page that is as its history tells it is not broken")
    func sound() throws {
        #expect(try broken() == [])
    }

    @Test(
        "Notices whatever stands on a page otherwise than its history tells",
        arguments: [
            { $0.state = .accepted }, { $0.rework = 1 }, { $0.isTombstone = true }, { $0.issuer = $0.post },
            { $0.acceptedAt = Instant(milliseconds: 5) }, { $0.completedAt = Instant(milliseconds: 8) },
            { $0.escalatedTo = $0.post }, { $0.escalatedTo = nil }, { $0.dueAt = nil },
            { $0.acceptBy = Instant(milliseconds: 101) }, { $0.post = PostAddress(role: "other", code: $0.post.code) },
        ] as [@Sendable (inout Assignment) -> Void]
    )
    func assignment(change: @Sendable (inout Assignment) -> Void) throws {
        var other = self
        change(&other.page)
        #expect(try !other.broken().isEmpty)
    }

    @Test(
        "Notices a leg that is otherwise, is missing, or is held by another",
        arguments: [
            { $0[0].state = .returned }, { $0[1].state = .accepted }, { $0.removeLast() },
            { $0[0].post = PostAddress(role: "other", code: $0[0].post.code) },
        ] as [@Sendable (inout [Leg]) -> Void]
    )
    func legs(change: @Sendable (inout [Leg]) -> Void) throws {
        var other = self
        change(&other.legs)
        #expect(try !other.broken().isEmpty)
    }
}
