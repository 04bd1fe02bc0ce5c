//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("What of the history somebody is told")
struct PushNoticeTests {
    private static let leader = SampleGrid.cellLeader(1, 1)

    /// The notices of all lines of a grid, by line.
    private static func notices(_ grid: MemoryGrid) -> [(entry: HistoryEntry, notice: PushNotice)] {
        grid.history.values.joined().compactMap { entry in
            PushNotice(entry, on: grid.assignments[entry.assignment], of: nil, in: grid.organization)
                .map { (entry, $0) }
        }
    }

    @Test("In a thousand random histories every arrival is told to its holder, every escalation to its superior")
    func randomHistories() {
        var (lines, kinds) = (0, Set<PushKind>())
        for seed in 0..<1_000 {
            var run = RandomRun(seed: UInt64(seed))
            #expect(run.run().isEmpty, "seed \(seed)")
            let notices = Self.notices(run.grid)
            for (entry, notice) in notices {
                #expect(run.grid.organization.unit(of: notice.post) != nil, "seed \(seed): \(entry)")
                #expect(notice.post != entry.actor, "seed \(seed): told of her own deed, \(entry)")
                kinds.insert(notice.kind)
                if notice.kind == .escalationToAnswer {
                    #expect(
                        run.grid.escalation(of: notice.assignment, at: notice.post) != nil,
                        "seed \(seed): \(entry)"
                    )
                }
            }
            let entries = run.grid.history.values.joined()
            lines += entries.count
            let arrivals = entries.filter { $0.event == .issued && !$0.assignment.isRoot }
            #expect(notices.count { $0.notice.kind == .issued } == arrivals.count, "seed \(seed)")
            let opened = entries.count { $0.event == .escalationOpened }
            #expect(notices.count { $0.notice.kind == .escalationToAnswer } == opened, "seed \(seed)")
        }
        #expect(lines > 30_000)
        #expect(kinds == Set(PushKind.allCases).subtracting([.trial]))
    }

    @Test("Whoever holds it up is urged, the holder no more once it waits for somebody else")
    func urged() throws {
        var assignment = Assignment(
            id: AssignmentID(rootOf: OrderID(issuer: SampleGrid.street.code, day: .today, number: 1)).leg(1),
            post: Self.leader,
            issuer: SampleGrid.street,
            area: Self.leader.code,
            issuedAt: SampleGrid.morning,
            updatedAt: SampleGrid.morning
        )
        func told(_ state: AssignmentState, by actor: PostAddress? = SampleGrid.street) throws -> PushNotice? {
            assignment.state = state
            assignment.escalatedTo = state == .escalated ? SampleGrid.community(1) : nil
            let entry = HistoryEntry(
                assignment: assignment.id,
                event: .urged,
                at: SampleGrid.morning,
                actor: actor,
                note: actor == nil ? SystemNote.timeNearlyOver.text : nil,
                cause: try #require(MessageID("m"))
            )
            return PushNotice(entry, on: assignment, of: nil, in: SampleGrid.organization)
        }
        #expect(try told(.issued)?.post == Self.leader)
        #expect(try told(.accepted)?.kind == .urged)
        #expect(try told(.escalated)?.post == SampleGrid.community(1))
        #expect(try told(.escalated, by: SampleGrid.community(1)) == nil)
        #expect(try told(.submitted) == nil)
        #expect(try told(.completed) == nil)
        #expect(try told(.issued, by: nil)?.kind == .dueSoon)
    }

    @Test("What was issued as urgent is urgent to the end; what is late is not")
    func urgency() throws {
        var grid = MemoryGrid()
        var draft = SampleGrid.draft(dueWithinHours: 10)
        draft.priority = .urgent
        _ = grid.issue(draft)
        grid.deliverAll()
        grid.pass(hours: 11)
        grid.deliverAll()
        let order = try #require(
            grid.sent.compactMap { mail in
                if case .issued(let body) = mail.body { body.order } else { nil }
            }.first
        )
        for (isUrgent, order) in [(true, order), (false, nil)] {
            let notices = grid.history.values.joined().compactMap {
                PushNotice($0, on: grid.assignments[$0.assignment], of: order, in: grid.organization)
            }
            #expect(Set(notices.map(\.kind)).isSuperset(of: [.issued, .dueSoon, .overdue, .escalationToAnswer]))
            #expect(notices.allSatisfy { $0.isUrgent == isUrgent })
        }
    }
}

extension CalendarDay {
    fileprivate static let today = CalendarDay(of: SampleGrid.morning, offsetMinutes: chinaOffsetMinutes)
}
