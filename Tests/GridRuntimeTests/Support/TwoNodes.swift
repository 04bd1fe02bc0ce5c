//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

/// The street's node, which hosts its office and all communities but one, and the node of that one, each with a state
/// file of its own.
struct TwoNodes {
    static let secondCommunity = Street.code + "002"
    /// How the second community's node is told what it hosts.
    static let communitySettings = ["GRIDWORK_NODE_AREAS": secondCommunity]

    let street: Chain
    let community: Chain
    /// The code of the community that has a node of its own.
    let apart: String

    /// Runs `body` with a second state file beside the chain's.
    ///
    /// - Parameters:
    ///   - file: An organization file in place of the small street's.
    ///   - apart: The community of it that has a node of its own.
    static func with(
        organization file: [UInt8]? = nil,
        apart: String = secondCommunity,
        _ body: @escaping @Sendable (TwoNodes) async throws -> Void
    ) async throws {
        try await Chain.with(organization: file) { chain in
            let other = try StateFile.open(at: chain.folder + "/other.sqlite")
            try await finally {
                let file = try file ?? chain.street.file()
                _ = try await other.write { try $0.saveOrganization(file, at: chain.clock.now) }
                try await body(TwoNodes(street: chain, community: chain.with(store: other), apart: apart))
            } then: {
                try other.close()
            }
        }
    }

    /// Starts a node by its number: 0 for the street's, 1 for the community's.
    func start(_ number: Int) async throws -> RunningProgram {
        number == 0
            ? try await street.startProcess(environment: ["GRIDWORK_NODE_EXCEPT": apart])
            : try await community.startProcess(environment: ["GRIDWORK_NODE_AREAS": apart])
    }

    /// Expects everything of an order done, once, and nothing left over; after both nodes have stopped.
    ///
    /// - Parameter legs: How many assignments the order has; those of the whole street when nil.
    func expectDone(
        _ root: AssignmentID,
        legs: Int? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<5 where try await !isSettled {
            // What was still on its way when the nodes stopped.
            try await street.withNode(mailboxes: Self.hosted(by: 0, apart: apart)) {
                try await community.withNode(mailboxes: Self.hosted(by: 1, apart: apart)) {
                    try await poll("nothing is on its way") { try await isSettled }
                }
            }
        }
        #expect(try await street.waitingMessages() == [:], sourceLocation: sourceLocation)
        for node in [street, community] { try await node.expectNothingLeftInFile(sourceLocation: sourceLocation) }
        try await street.expectEachOnce(root, legs: legs, with: [community.store], sourceLocation: sourceLocation)
        try await street.expectSound([root], with: [community.store], sourceLocation: sourceLocation)
    }

    private var isSettled: Bool {
        get async throws {
            for node in [street, community] {
                guard try await node.store.read({ try $0.outboxStatus().count }) == 0 else { return false }
            }
            return try await street.waitingMessages() == [:]
        }
    }

    /// The mailboxes of a node by its number.
    static func hosted(by number: Int, apart: String = secondCommunity) -> MailboxSelection {
        guard let code = UnitCode(apart) else { preconditionFailure("Cannot name the community \(apart)") }
        return number == 0 ? MailboxSelection(except: [code]) : MailboxSelection(areas: [code])
    }
}
