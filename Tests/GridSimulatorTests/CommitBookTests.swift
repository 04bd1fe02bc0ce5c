//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Testing

@testable import GridSimulator
@testable import GridStore

@Suite("Commit book")
struct CommitBookTests {
    private let leg = AssignmentID("310105002-20261123-0001.1")

    private func line(_ n: Int64, _ event: HistoryEntry.Event, cause: String) throws -> HistoryLine {
        try HistoryLine(
            n: n,
            assignment: #require(leg),
            event: event,
            at: Instant(milliseconds: n),
            cause: #require(MessageID(cause))
        )
    }

    @Test("Finds nothing wrong with messages that were handled once each")
    func accepts() throws {
        var book = CommitBook()
        #expect(try book.add([line(1, .issued, cause: "a"), line(2, .legIssued, cause: "a")]) == [])
        #expect(try book.add([line(3, .acknowledged, cause: "b")]) == [])
        #expect(try book.replay(#require(leg)).state == .accepted)
        #expect(book.lastLine == 3)
    }

    @Test("Notices a message that was handled again in a later commit")
    func later() throws {
        var book = CommitBook()
        _ = try book.add([line(1, .progressed, cause: "a")])
        #expect(try book.add([line(2, .progressed, cause: "a")]).count == 1)
    }

    @Test("Notices a message that was handled twice in one commit, done once and turned down once")
    func together() throws {
        var book = CommitBook()
        #expect(try book.add([line(1, .acknowledged, cause: "a"), line(2, .refused, cause: "a")]).count == 1)
    }

    @Test("A recall before the issue is told as a tombstone")
    func tombstone() throws {
        var book = CommitBook()
        _ = try book.add([line(1, .recalled, cause: "a"), line(2, .ignored, cause: "b")])
        #expect(try book.replay(#require(leg)).isTombstone)
    }

    private func page(_ state: AssignmentState, rung: Int = 0) throws -> Assignment {
        let post = try #require(PostAddress("liaison@31010500201500101001"))
        var page = Assignment(
            id: try #require(leg),
            post: post,
            issuer: nil,
            area: post.code,
            state: state,
            issuedAt: Instant(milliseconds: 1),
            updatedAt: Instant(milliseconds: 1)
        )
        page.rung = rung
        return page
    }

    @Test("Notices a page that changed without a line of history, whatever changed")
    func silence() throws {
        var book = CommitBook()
        let leg = try #require(leg)
        #expect(try book.note([page(.issued)], told: [leg]) == [])
        #expect(try book.note([page(.issued)], told: []) == [])
        #expect(try book.hasChanged(page(.issued, rung: 1)))
        #expect(try book.note([page(.issued, rung: 1)], told: []).count == 1)
    }

    @Test("Notices a page that goes on after its end, and one that is gone")
    func endings() throws {
        var book = CommitBook()
        let leg = try #require(leg)
        #expect(try book.note([page(.completed)], told: [leg]) == [])
        #expect(try book.note([page(.accepted)], told: [leg]).count == 1)
        #expect(book.note([], told: []).count == 1)
    }
}
