//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridStore
import Synchronization
import Testing

@testable import GridRuntime

/// Files that travel between nodes.
@Suite("Files between two nodes with a state file each, over the real broker", .needsBroker, .brokerLimit)
struct FileExchangeTests {
    /// A file of some size, attached to an assignment of a state file.
    private static func attach(
        _ size: Int,
        to id: AssignmentID,
        in store: StateFile,
        at now: Instant
    ) async throws -> StoredFile {
        let draft = try store.files.draft()
        let bytes = (0..<size).map { _ in UInt8.random(in: .min ... .max) }
        try bytes.withUnsafeBytes { try draft.append($0) }
        let (hash, size) = try store.files.keep(draft.path)
        let file = StoredFile(hash: hash, type: .jpeg, size: size)
        let folder = store.files
        try await store.write { store in
            let assignment = try #require(try store.assignment(id))
            _ = try store.attach(
                GridModel.Attachment(kind: .after, file: file),
                to: assignment,
                as: assignment.post,
                by: nil,
                in: folder,
                quota: .max,
                at: now
            )
        }
        return file
    }

    @Test("The photo of a leg that is completed on one node can be read on its issuer's")
    func completed() async throws {
        try await TwoNodes.with { two in
            let (street, community) = (two.street, two.community)
            try await street.withNode(mailboxes: TwoNodes.hosted(by: 0)) {
                try await community.withNode(mailboxes: TwoNodes.hosted(by: 1)) {
                    let root = try await street.issue(street.draft(to: "cell-leader"))
                    // The first cell of the second community.
                    let leg = root.leg(3)
                    try await community.awaitState(.issued, of: leg)
                    let file = try await Self.attach(700_000, to: leg, in: community.store, at: street.clock.now)
                    try await community.act(.complete, leg)
                    try await street.store.eventually("the photo is here") { store in
                        try store.attachments(of: leg).map(\.attachment.file) == [file]
                            && store.wantedFiles(limit: 1).isEmpty
                    }
                    for store in [street.store, community.store] {
                        #expect(try store.files.bytes(of: file.hash, from: 0, count: file.size + 1).count == file.size)
                    }
                    #expect(try await street.assignment(leg) == nil)
                }
            }
        }
    }

    @Test("A file goes on where it stopped when the node that has it is gone half-way and comes back")
    func halfway() async throws {
        try await Self.withWanted(size: 400_000) { two, file in
            let (street, community) = (two.street, two.community)
            try await street.running([Self.exchange(street)], ending: .abrupt) {
                // Pieces so small that it does not get to the end before it is stopped.
                try await community.running([Self.exchange(community, pieceSize: 100)], ending: .abrupt) {
                    try await poll("some of it is here") { try Self.arrived(file, in: street.store) > 2_000 }
                }
                let half = try Self.arrived(file, in: street.store)
                #expect(half < file.size && !street.store.files.contains(file.hash))
                try await community.running([Self.exchange(community)], ending: .abrupt) {
                    try await street.store.eventually("all of it is here") { try $0.wantedFiles(limit: 1).isEmpty }
                }
                #expect(street.store.files.contains(file.hash))
            }
        }
    }

    @Test("What is not what the report told of is thrown away, and the file stays wanted")
    func otherContent() async throws {
        try await Self.withWanted(size: 5_000) { two, file in
            let (street, community) = (two.street, two.community)
            let path = community.store.files.path(of: file.hash)
            try Data(repeating: 7, count: file.size).write(to: URL(fileURLWithPath: path))
            try await community.running([Self.exchange(community)], ending: .abrupt) {
                try await street.running([Self.exchange(street)], ending: .abrupt) {
                    try await street.awaitLog("A file of another node could not be fetched")
                }
            }
            #expect(street.complaints.contains { $0.contains("otherContent") })
            #expect(!street.store.files.contains(file.hash))
            #expect(try Self.arrived(file, in: street.store) == 0)
            #expect(try await street.store.read { try $0.wantedFiles(limit: 9).map(\.file) } == [file])
        }
    }

    @Test("What nobody attached is not given, whoever asks for it")
    func unattached() async throws {
        try await Self.withWanted(size: 5_000) { two, file in
            let (street, community) = (two.street, two.community)
            let draft = try community.store.files.draft()
            try Array("nobody's".utf8).withUnsafeBytes { try draft.append($0) }
            let (hash, size) = try community.store.files.keep(draft.path)
            let node = try await community.store.read { try $0.nodeID() }
            let nobody = ReportedFiles(
                node: node,
                attachments: [GridModel.Attachment(kind: .after, file: StoredFile(hash: hash, type: .jpeg, size: size))]
            )
            let now = street.clock.now
            try await street.store.write { store in
                try store.note(nobody, of: Self.leg, from: street.street.cellLeader(3), at: now)
            }
            try await community.running([Self.exchange(community)], ending: .abrupt) {
                try await street.running([Self.exchange(street)], ending: .abrupt) {
                    try await street.awaitLog("A file of another node could not be fetched")
                    try await street.store.eventually("the other one is here") { store in
                        try store.wantedFiles(limit: 9).map(\.file.hash) == [hash]
                    }
                }
            }
            #expect(street.complaints.contains { $0.contains("gone") })
            #expect(street.store.files.contains(file.hash) && !street.store.files.contains(hash))
        }
    }

    // MARK: Inside

    private static var leg: AssignmentID {
        guard let id = AssignmentID("999999001-20261123-0001.3") else { preconditionFailure("Cannot name a leg") }
        return id
    }

    private static func exchange(_ chain: Chain, pieceSize: Int? = nil) -> FileExchange {
        let supervisor = AMQPSupervisor(configuration: chain.broker, backoff: Node.backoff, logger: chain.logger)
        return FileExchange(
            store: chain.store,
            link: BrokerLink(.files, supervisor: supervisor),
            quota: 1_000_000,
            pieceSize: pieceSize,
            logger: chain.logger
        )
    }

    /// Two nodes' files, of which one wants a file of the other.
    private static func withWanted(
        size: Int,
        _ body: @escaping @Sendable (TwoNodes, StoredFile) async throws -> Void
    ) async throws {
        try await TwoNodes.with { two in
            let (street, community, now) = (two.street, two.community, two.street.clock.now)
            let post = street.street.cellLeader(3)
            try await community.store.write { store in
                let assignment = Assignment(
                    id: leg,
                    post: post,
                    issuer: street.street.office,
                    area: post.code,
                    issuedAt: now,
                    updatedAt: now
                )
                var decision = Decision()
                decision.assignment = assignment
                try store.apply(decision)
            }
            let file = try await attach(size, to: leg, in: community.store, at: now)
            let files = try await community.store.read { store in
                ReportedFiles(node: try store.nodeID(), attachments: try store.attachments(of: leg).map(\.attachment))
            }
            try await street.store.write { try $0.note(files, of: leg, from: post, at: now) }
            try await body(two, file)
        }
    }

    /// How much of a file has arrived.
    private static func arrived(_ file: StoredFile, in store: StateFile) throws -> Int {
        let path = "\(store.files.path)/draft-part-\(file.hash)"
        return try FileManager.default.fileExists(atPath: path)
            ? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 : 0
    }
}
