//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Logging
import ServiceLifecycle

@testable import GridPush

/// What a test of pushes works on: a state file, a street, a clock.
struct PushStage: Sendable {
    static let street = Street(communities: 1, cells: 2, groups: 2, liaisons: 6)
    static let publicURL = "https://office.example"

    let store: StateFile
    let organization: Organization
    let clock = TestClock()
    let log: InMemoryLogHandler

    var logger: Logger { Logger(label: "test") { _ in log } }

    /// Runs `body` with a state file of its own.
    static func with(_ body: @escaping @Sendable (PushStage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = try street.file()
            let store = try StateFile.open(at: folder + "/state.sqlite")
            var log = InMemoryLogHandler()
            log.logLevel = .info
            let organization = try OrganizationFile.organization(from: file)
            let stage = PushStage(store: store, organization: organization, log: log)
            try await finally {
                _ = try await store.write { try $0.saveOrganization(file, at: stage.clock.now) }
                try await within(.seconds(120), "the test is done") { try await body(stage) }
            } then: {
                try store.close()
            }
        }
    }

    /// The services that plan and send.
    func services(gateway: SMSGateway? = nil, zone: OfficeZone = .china) -> [any Service] {
        PushServices.services(
            store: store,
            texts: PushText(publicURL: Self.publicURL, zone: zone),
            zone: zone,
            gateway: gateway,
            clock: clock.wall,
            logger: logger
        )
    }

    /// Runs the services for the length of `body`.
    func sending<Value: Sendable>(
        gateway: SMSGateway? = nil,
        ending: Chain.Ending = .graceful,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await running(services(gateway: gateway), ending: ending, logger: logger, body)
    }

    /// Adds a channel.
    func channel(
        _ post: PostAddress,
        _ kind: PushChannel.Kind,
        to address: String,
        secret: [UInt8] = [1],
        language: String = "en",
        hasTitle: Bool = false,
        timing: PushTiming = PushTiming()
    ) async throws -> Int64 {
        try await store.write { store in
            try store.addPushChannel(
                PushChannel(
                    n: 0,
                    owner: .post(post),
                    kind: kind,
                    address: address,
                    secret: secret,
                    language: language,
                    hasTitle: hasTitle,
                    timing: timing,
                    createdAt: clock.now
                )
            )
        }
    }

    /// Queues a push that is due.
    ///
    /// - Parameter assignment: The last ordinal of its assignment.
    func queue(
        _ channel: Int64,
        line: Int64,
        _ post: PostAddress,
        assignment: Int = 1,
        kind: PushKind = .issued,
        isUrgent: Bool = false,
        dueAt: Instant? = nil
    ) async throws {
        guard let order = OrderID("999999001-20261123-0007"), let mailbox = organization.mailbox(of: post) else {
            preconditionFailure("Cannot name an order, or a mailbox of \(post)")
        }
        let draft = PushDraft(
            channel: channel,
            line: line,
            notice: PushNotice(
                post: post,
                kind: kind,
                assignment: AssignmentID(rootOf: order).leg(assignment),
                isUrgent: isUrgent,
                dueAt: dueAt
            ),
            mailbox: mailbox.name,
            at: clock.now,
            notBefore: clock.now
        )
        _ = try await store.write { try $0.queuePushes([draft]) }
    }

    /// All rows of the queue, the oldest first.
    func pushes() async throws -> [Push] {
        try await store.read { try $0.pushes(limit: 100_000) }.reversed()
    }

    /// Waits until every push is sent or given up.
    func awaitSettled(within limit: Duration = .seconds(60)) async throws {
        try await store.eventually("nothing waits to be sent", within: limit) {
            try $0.pushFigures(at: Instant(milliseconds: 0)).waiting == 0
        }
    }

    /// Sets the clock forward and lets the services notice.
    func advance(milliseconds: Int64) throws {
        clock.advance(milliseconds: milliseconds)
        // As any commit does.
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: store.path)
    }
}
