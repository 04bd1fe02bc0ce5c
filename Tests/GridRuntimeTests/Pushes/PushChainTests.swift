//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import ServiceLifecycle
import Testing

@testable import GridPush

@Suite("Pushes beside the chain", .needsBroker, .brokerLimit)
struct PushChainTests {
    private struct Told: Hashable {
        let assignment: String
        let kind: String
        let post: String
    }

    private static func pushes(_ chain: Chain) -> [any Service] {
        PushServices.services(
            store: chain.store,
            texts: PushText(publicURL: nil, zone: .china),
            zone: .china,
            gateway: nil,
            clock: chain.clock.wall,
            logger: chain.logger
        )
    }

    private static func add(
        _ post: PostAddress,
        _ kind: PushChannel.Kind,
        _ address: String,
        timing: PushTiming = PushTiming(),
        _ chain: Chain
    ) async throws {
        _ = try await chain.store.write { store in
            try store.addPushChannel(
                PushChannel(
                    n: 0,
                    owner: .post(post),
                    kind: kind,
                    address: address,
                    secret: [1],
                    language: "zh",
                    timing: timing,
                    createdAt: chain.clock.now
                )
            )
        }
    }

    /// What a server was told, in the order in which it was.
    private static func told(_ server: PushServer) throws -> [Told] {
        struct Body: Decodable {
            struct Notice: Decodable {
                let assignment: String
                let kind: String
                let post: String
            }
            struct Notices: Decodable {
                let notices: [Notice]
            }
            let data: Notices
        }
        return try server.requests.flatMap { request in
            try JSONDecoder().decode(Body.self, from: Data(request.body.utf8)).data.notices.map {
                Told(assignment: $0.assignment, kind: $0.kind, post: $0.post)
            }
        }
    }

    @Test("An order completes while a receiver hangs, and every event is told once where one listens")
    func beside() async throws {
        try await PushServer.with { _, _ in
            .silence
        } _: { deaf in
            try await PushServer.with { _, _ in
                .after(.milliseconds(5))
            } _: { server in
                try await Chain.with { chain in
                    for unit in chain.organization.units {
                        try await Self.add(unit.post, .webhook, server.url(), chain)
                        try await Self.add(unit.post, .webhook, deaf.url(), chain)
                    }
                    let begun = ContinuousClock.now
                    try await chain.running(Self.pushes(chain), ending: .abrupt) {
                        let root = try await chain.withAgents { _ in
                            try await chain.withNode {
                                let root = try await chain.issue(chain.draft(signOff: ["liaison"]))
                                try await chain.awaitState(.completed, of: root)
                                return root
                            }
                        }
                        let took = ContinuousClock.now - begun
                        #expect(
                            try await chain.store.read { try $0.pushes(limit: 9_999) }.contains { $0.state != .sent }
                        )
                        print("An order completed in \(took) while a receiver of pushes hung")
                        try await chain.expectEachOnce(root)
                        let expected = try await Self.expected(root, chain)
                        #expect(expected.count > chain.street.legs)
                        try await poll("all is told") { try Self.told(server).count >= expected.count }
                        try await chain.store.eventually("what was told is settled") {
                            try $0.pushes(.sent, limit: 9_999).count == expected.count
                        }
                        let told = try Self.told(server)
                        #expect(told.count == expected.count)
                        #expect(Self.counts(told) == Self.counts(expected))
                        #expect(deaf.requests.count > 0)
                    }
                    #expect(chain.complaints.isEmpty)
                }
            }
        }
    }

    /// What is to be told of an order, by its history.
    private static func expected(_ root: AssignmentID, _ chain: Chain) async throws -> [Told] {
        let lines = try await chain.store.read { try $0.history(under: root, limit: 100_000) }
        return try await chain.store.read { store in
            try lines.compactMap { line in
                let entry = HistoryEntry(
                    assignment: line.assignment,
                    event: line.event,
                    at: line.at,
                    actor: line.actor,
                    leg: line.leg,
                    note: line.note,
                    cause: line.cause
                )
                return PushNotice(entry, on: try store.assignment(line.assignment), of: nil, in: chain.organization)
                    .map { Told(assignment: $0.assignment.text, kind: $0.kind.rawValue, post: $0.post.text) }
            }
        }
    }

    private static func counts(_ told: [Told]) -> [Told: Int] {
        Dictionary(told.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test("In quiet hours only what is urgent is told; the rest comes when they end, in one message")
    func quietHours() async throws {
        try await PushServer.with { _, _ in
            .answer(200, #"{"errcode":0}"#)
        } _: { server in
            try await Chain.with { chain in
                // Quiet from an hour ago until an hour from now.
                let minute = Int(OfficeZone.china.timeOfDay(at: chain.clock.now) / 60_000)
                let quiet = QuietHours(from: (minute + 1_380) % 1_440, to: (minute + 60) % 1_440)
                let leader = chain.street.cellLeader(1)
                try await Self.add(leader, .wecom, server.url("/robot"), timing: PushTiming(quiet: quiet), chain)
                try await chain.running(Self.pushes(chain), ending: .graceful) {
                    try await chain.withNode {
                        for number in 1...3 {
                            var draft = chain.draft(to: "cell-leader")
                            draft.priority = number == 3 ? .urgent : .normal
                            try await chain.issue(draft)
                        }
                        try await poll("what is urgent is told") { server.requests.count == 1 }
                        try await chain.store.eventually("the others wait") {
                            try $0.pushes(.waiting, limit: 9).count == 2 && $0.pushes(.sent, limit: 9).count == 1
                        }
                        #expect(server.requests[0].body.contains("【加急】新任务"))
                        try await chain.advance(milliseconds: 3_600_000)
                        try await poll("the rest is told") { server.requests.count == 2 }
                        try await chain.store.eventually("nothing waits") { try $0.pushes(.sent, limit: 9).count == 3 }
                        #expect(server.requests[1].body.contains("网格派工：2 件事项"))
                    }
                }
            }
        }
    }
}
