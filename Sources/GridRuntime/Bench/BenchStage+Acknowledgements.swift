//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension BenchStage {
    /// Makes the bodies as large as the reference's, 400 bytes.
    private static let note = String(repeating: "签收", count: 55)

    /// Puts an issued assignment on every liaison's page, and makes the command that acknowledges it.
    func acknowledgements() async throws -> [StoredMessage] {
        guard let office = organization.top?.post else { throw BenchFailure("the organization has no top") }
        let now = WallClock.system.now
        let desk = LocalDesk(store: store, logger: logger)
        let command = Command(id: try Self.id("issue"), actor: office, body: .issue(Self.draft(from: office)))
        guard let root = try await desk.perform(command) else { throw BenchFailure("the order was not issued") }
        // Down to the liaisons in the file alone: the way there is measured by the chain bench.
        var mail = root.outgoing
        var acknowledgements: [StoredMessage] = []
        let codec = CommandCodec()
        while !mail.isEmpty {
            let batch = Array(mail.prefix(Self.batchSize))
            mail.removeFirst(batch.count)
            mail += try await store.write { store in
                try batch.flatMap { mail in
                    let message = Message.mail(mail)
                    let page = try store.page(for: message.pageQuery(at: now))
                    let decision = decide(message, on: page, in: organization, at: now)
                    try store.apply(decision)
                    return decision.outgoing
                }
            }
            for mail in batch where mail.target.role == "liaison" {
                guard let id = mail.assignment, let mailbox = organization.mailbox(of: mail.target) else { continue }
                let command = Command(
                    id: try Self.id("ack-\(id)"),
                    actor: mail.target,
                    body: .act(.acknowledge, id, ActionBody(note: Self.note))
                )
                let prefix = "\(mailbox.name).\(mail.target.code)"
                acknowledgements.append(try codec.encode(command, mailboxPrefix: prefix, at: now))
            }
        }
        try await store.write { store in
            let rows = try store.claimOutbox(owner: "bench", now: now, leaseMilliseconds: 1, limit: .max)
            try store.deleteOutbox(rows.map(\.id))
        }
        return acknowledgements
    }

    private static func id(_ text: String) throws -> MessageID {
        guard let id = MessageID("bench-\(text)") else { throw BenchFailure("\(text) cannot name a message") }
        return id
    }
}
