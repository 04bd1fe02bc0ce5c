//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
package import GridStore
package import Logging

/// Looks at everything a node rests on, and says what to do about what it finds.
package struct Doctor: Sendable {
    /// How old an unsent message, or an overdue timer, may be before somebody should look.
    static let patience: Int64 = 60_000
    /// How long a dead letter may lie, in milliseconds, before it is an error that nobody has looked after it: a day.
    static let patienceWithDeadLetters: Int64 = 86_400_000
    /// The most missing queues that are named.
    static let namedQueues = 5

    private let broker: AMQPConfiguration
    private let selection: MailboxSelection
    let clock: WallClock
    let logger: Logger

    /// Creates a doctor.
    package init(
        broker: AMQPConfiguration,
        selection: MailboxSelection = MailboxSelection(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.broker = broker
        self.selection = selection
        self.clock = clock
        self.logger = logger
    }

    /// Examines the state file and the broker.
    ///
    /// - Parameter store: The state file, open.
    package func examine(_ store: StateFile) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        var organization: Organization?
        var rules = ScaleRules()
        var claim: HostClaim?
        do {
            findings += try await stateFindings(store)
            findings += try await archiveFindings(store)
            findings += processFindings(try await store.read { try $0.workerProcesses() })
            findings += try await pushFindings(store)
            organization = try await store.read { try OrganizationCache().organization(in: $0)?.organization }
            findings.append(organizationFinding(organization))
            rules = try await store.read { try $0.scaleRules() }
            claim = HostClaim(nodeID: try await store.read { try $0.nodeID() })
        } catch {
            findings.append(
                DoctorFinding(
                    "state file",
                    .error,
                    "\(error)",
                    advice: "restore it from a backup, or give the path of another"
                )
            )
        }
        do {
            findings += try await addressFindings()
            let ages = try await DeadLetterDesk(broker: broker, logger: logger).ages()
            findings += try await brokerFindings(organization, rules, ages, claim)
        } catch {
            findings.append(
                DoctorFinding(
                    "broker",
                    .error,
                    "\(error)",
                    advice: "check that RabbitMQ runs and that the URL names it; commands are kept meanwhile"
                )
            )
        }
        return findings
    }

    // MARK: The state file

    private func stateFindings(_ store: StateFile) async throws -> [DoctorFinding] {
        let now = clock.now
        let (schema, damage, outbox, parked, wakeUp) = try await store.read { store in
            (
                try store.schemaVersion(), try store.integrityFindings(), try store.outboxStatus(),
                try store.parkedCount(), try store.nextWakeUp()
            )
        }
        var findings = [DoctorFinding("schema", .ok, "the state file has schema \(schema)")]
        if damage.isEmpty {
            findings.append(DoctorFinding("state file", .ok, "SQLite finds no damage"))
        } else {
            findings.append(
                DoctorFinding(
                    "state file",
                    .error,
                    damage.joined(separator: "; "),
                    advice: "stop the node, keep a copy of the file, and restore the last backup"
                )
            )
        }
        let age = outbox.oldest.map { now.milliseconds - $0.milliseconds } ?? 0
        findings.append(
            age > Self.patience
                ? DoctorFinding(
                    "outbox",
                    .warning,
                    "\(outbox.count) messages wait to be sent, the oldest for \(age / 1_000) s",
                    advice: "start gridwork up if no node runs; look at the broker otherwise"
                )
                : DoctorFinding("outbox", .ok, "\(outbox.count) messages wait to be sent")
        )
        if parked > 0 {
            findings.append(
                DoctorFinding("parked", .ok, "\(parked) messages wait for their assignment to arrive")
            )
        }
        let late = wakeUp.map { now.milliseconds - $0.milliseconds } ?? 0
        findings.append(
            late > Self.patience
                ? DoctorFinding(
                    "clock",
                    .warning,
                    "a timer is overdue by \(late / 1_000) s",
                    advice: "start gridwork up: no node keeps time; or check the machine's clock"
                )
                : DoctorFinding("clock", .ok, "it is \(now), and no timer is overdue")
        )
        return findings
    }

    private func organizationFinding(_ organization: Organization?) -> DoctorFinding {
        guard let organization else {
            return DoctorFinding(
                "organization",
                .error,
                "none has been applied",
                advice: "run gridwork organization apply FILE"
            )
        }
        return DoctorFinding("organization", .ok, "\(organization.name), \(organization.units.count) posts")
    }

    // MARK: The broker

    /// Looks for nodes of a cluster that are away while others answer.
    private func addressFindings() async throws -> [DoctorFinding] {
        var (findings, answers): ([DoctorFinding], Int) = ([], 0)
        for address in broker.addresses where broker.addresses.count > 1 {
            var node = broker
            node.addresses = [address]
            do {
                try await AMQPConnection.withConnection(node, logger: logger) { _ in }
                answers += 1
            } catch let error as AMQPError {
                findings.append(
                    DoctorFinding(
                        "broker",
                        .warning,
                        "\(address): \(error)",
                        advice: "start this node again; mailboxes are served as long as most nodes run"
                    )
                )
            }
        }
        // Where none answers, there is more to say than that each does not.
        return answers > 0 ? findings : []
    }

    private func brokerFindings(
        _ organization: Organization?,
        _ rules: ScaleRules,
        _ ages: [String: DeadLetterDesk.Age],
        _ claim: HostClaim?
    ) async throws -> [DoctorFinding] {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            var findings = [DoctorFinding("broker", .ok, "\(broker) answers")]
            findings.append(try await echoFinding(connection))
            for queue in [ExchangeName.dead, ExchangeName.unrouted] {
                findings.append(try await lastResortFinding(queue, ages[queue], connection))
            }
            if let organization {
                let mailboxes = selection.mailboxes(in: organization)
                let paused = mailboxes.filter { rules.scale(of: $0).isPaused }
                if !paused.isEmpty { findings.append(try await pausedFinding(paused, connection)) }
                let served = mailboxes.filter { !rules.scale(of: $0).isAtRest }
                findings.append(try await mailboxFinding(served, connection))
                if let claim { findings.append(try await hostFinding(mailboxes, claim, connection)) }
            }
            return findings
        }
    }

    /// A broker does not say that it is short of something to a connection that has not published.
    private func echoFinding(_ connection: AMQPConnection) async throws -> DoctorFinding {
        guard let duration = try await Echo(sender: broker, logger: logger).roundTrip(over: connection) else {
            return DoctorFinding(
                "echo",
                .warning,
                "the broker holds publishers back: an alarm of memory or disk is on",
                advice: "run rabbitmqctl status and make room; messages are kept meanwhile"
            )
        }
        let milliseconds = duration / .milliseconds(1)
        return DoctorFinding("echo", .ok, "a message takes \(Int(milliseconds.rounded(.up))) ms through it")
    }

    private func lastResortFinding(
        _ queue: String,
        _ looked: DeadLetterDesk.Age?,
        _ connection: AMQPConnection
    ) async throws -> DoctorFinding {
        guard let status = try await connection.status(of: queue) else {
            return DoctorFinding(
                queue,
                .error,
                "the queue is missing",
                advice: "run gridwork topology apply, or start gridwork up"
            )
        }
        // Those that were looked at may not be back yet.
        let count = max(status.messageCount, looked?.count ?? 0)
        guard count > 0 else { return DoctorFinding(queue, .ok, "empty") }
        let age = looked?.oldest.map { clock.now.milliseconds - $0.milliseconds }
        return DoctorFinding(
            queue,
            age ?? 0 > Self.patienceWithDeadLetters ? .error : .warning,
            "\(count) messages" + (age.map { ", the oldest for \(Self.span($0))" } ?? ""),
            advice: "run gridwork dead list, then replay or discard them"
        )
    }

    private static func span(_ milliseconds: Int64) -> String {
        let minutes = max(0, milliseconds) / 60_000
        return minutes < 120 ? "\(minutes) min" : minutes < 2_880 ? "\(minutes / 60) h" : "\(minutes / 1_440) days"
    }

    private func mailboxFinding(_ mailboxes: [Mailbox], _ connection: AMQPConnection) async throws -> DoctorFinding {
        var missing: [String] = []
        var deaf: [String] = []
        var waiting = 0
        for mailbox in mailboxes where missing.count < Self.namedQueues {
            guard let status = try await connection.status(of: mailbox.name) else {
                missing.append(mailbox.name)
                continue
            }
            waiting += status.messageCount
            if status.consumerCount == 0 { deaf.append(mailbox.name) }
        }
        if !missing.isEmpty {
            return DoctorFinding(
                "mailboxes",
                .error,
                "queues are missing, among them \(missing.joined(separator: ", "))",
                advice: "run gridwork topology apply, or start gridwork up"
            )
        }
        if !deaf.isEmpty {
            let some = deaf.prefix(Self.namedQueues).joined(separator: ", ")
            return DoctorFinding(
                "mailboxes",
                .error,
                "nobody serves \(deaf.count) of \(mailboxes.count), among them \(some)",
                advice: "start gridwork up, or gridwork worker for them"
            )
        }
        return DoctorFinding("mailboxes", .ok, "\(mailboxes.count) are served; \(waiting) messages wait in them")
    }

    /// Mailboxes that nobody serves because somebody wanted it so.
    private func pausedFinding(_ paused: [Mailbox], _ connection: AMQPConnection) async throws -> DoctorFinding {
        var waiting = 0
        for mailbox in paused { waiting += try await connection.status(of: mailbox.name)?.messageCount ?? 0 }
        let some = paused.prefix(Self.namedQueues).map(\.name).joined(separator: ", ")
        return DoctorFinding(
            "paused",
            .ok,
            "\(paused.count) mailboxes are paused on purpose, among them \(some); \(waiting) messages wait in them",
            advice: "run gridwork resume when they are to be served again"
        )
    }

    private func hostFinding(
        _ mailboxes: [Mailbox],
        _ claim: HostClaim,
        _ connection: AMQPConnection
    ) async throws -> DoctorFinding {
        var free = 0
        for mailbox in mailboxes {
            switch try await claim.standing(of: mailbox, over: connection) {
            case .own: break
            case .free: free += 1
            case .elsewhere(let words):
                return DoctorFinding(
                    "hosting",
                    .error,
                    "another node than this one, \(claim.node), hosts \(mailbox), and maybe more: \(words)",
                    advice: "take its areas out of node.areas here, or move them with gridwork topology release"
                )
            }
        }
        let rest = free > 0 ? "; no node hosts \(free) yet" : ""
        return DoctorFinding("hosting", .ok, "this node is \(claim.node), and no other hosts its areas\(rest)")
    }
}
