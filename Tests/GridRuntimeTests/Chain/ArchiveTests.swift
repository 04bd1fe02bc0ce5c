//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("An order of a year ago, over the real broker", .needsBroker, .brokerLimit)
struct ArchiveTests {
    private static let day: Int64 = 86_400_000

    @Test("Its history goes into the archive and is read from there; what comes late finds that the work has ended")
    func archived() async throws {
        let street = Street(communities: 1, cells: 1, groups: 1, liaisons: 2)
        try await Chain.with(street: street) { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue(chain.draft(dueAt: .after(milliseconds: Self.day)))
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                return root
            }
            let history = try await chain.gridwork(["history", root.text], expecting: 0).output
            let lines = try await chain.store.read { try $0.history(under: root, limit: 10_000) }
            let archiving = HistoryArchiving(store: chain.store, days: 365)
            chain.clock.advance(milliseconds: 364 * Self.day)
            #expect(try await archiving.run(at: chain.clock.now) == 0)
            chain.clock.advance(milliseconds: 2 * Self.day)
            // Its own lines are the newest of the file until something else happens.
            #expect(try await archiving.run(at: chain.clock.now) == 0)
            let leaf = root.leg(1).leg(1).leg(1)
            let liaison = try #require(try await chain.assignment(leaf)).post
            try await chain.withNode {
                let second = try await chain.issue(chain.draft(dueAt: .after(milliseconds: Self.day)))
                try await chain.awaitFanOut(of: second)
                #expect(try await archiving.run(at: chain.clock.now) == 1)
                #expect(try await chain.store.read { try $0.history(under: root, limit: 10_000) } == lines)
                #expect(try await chain.gridwork(["history", root.text], expecting: 0).output == history)
                // A report that was on its way for a year.
                try await chain.publish([chain.message(.progress, leaf, as: liaison, ActionBody(note: "late"))])
                try await chain.store.eventually("the late report is told of") { store in
                    try store.history(of: leaf, limit: 1_000).last.map { $0.event == .refused } ?? false
                }
                #expect(try await chain.assignment(leaf)?.state == .completed)
                let later = try await chain.store.read { try $0.history(under: root, limit: 10_000) }
                #expect(later.dropLast() == lines[...])
            }
            let doctor = Doctor(broker: chain.broker, clock: chain.clock.wall, logger: chain.logger)
            func finding() async throws -> DoctorFinding {
                try #require(await doctor.examine(chain.store).first { $0.check == "archive" })
            }
            #expect(try await finding().level == .ok)
            try FileManager.default.removeItem(atPath: chain.store.archive.path)
            #expect(try await finding().level == .error)
        }
    }
}
