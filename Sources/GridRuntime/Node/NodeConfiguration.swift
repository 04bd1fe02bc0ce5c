//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
package import GridTraces

/// What a process of a node needs to know.
package struct NodeConfiguration: Sendable {
    /// What a process does.
    package enum Duties: String, Sendable {
        /// Everything a node does: mailboxes, relay, clock.
        case node
        /// Mailboxes, and the relay of what they send; beside a node on the same machine.
        case worker
    }

    /// The broker.
    package var broker: AMQPConfiguration
    /// The path of the state file.
    package var statePath: String
    /// The mailboxes this process serves.
    package var mailboxes: MailboxSelection
    /// What it does.
    package var duties: Duties
    /// How long a graceful stop may take before everything is cancelled.
    package var stopLimit: Duration
    /// Whether a mailbox that gives no answer may be deleted and declared anew. Right for a single broker, where such a
    /// queue has lost what it held; wrong for a cluster, where it may only wait for its other nodes. Nothing that a client
    /// is told says which of the two a broker is, so unless it is set, one address counts as a single broker.
    package var renewsMailboxes: Bool
    /// How many bytes the files attached to assignments may have together.
    package var fileQuota: Int
    /// How many days nothing has happened to an order whose history goes into the archive; nil to archive none.
    package var archiveAge: Int?
    /// Where its traces go; nil for nowhere, and nothing is recorded then.
    package var traces: TraceConfiguration?
    /// How often pages are compared at rest.
    package var reconcile: ReconcileService.Timing
    /// How often mailboxes whose workers a policy reckons are looked at.
    package var autoscaleInterval: Duration
    /// How often the process looks whether it hears and handles what it should.
    package var care: CareTiming

    /// A year: what was said of this year's work and the last report on it is at hand.
    package static let standardArchiveAge = 365

    /// Creates a configuration.
    package init(
        broker: AMQPConfiguration,
        statePath: String,
        mailboxes: MailboxSelection = MailboxSelection(),
        duties: Duties = .node,
        stopLimit: Duration = .seconds(20),
        renewsMailboxes: Bool? = nil,
        fileQuota: Int = StoredFile.standardQuota,
        archiveAge: Int? = Self.standardArchiveAge,
        traces: TraceConfiguration? = nil,
        reconcile: ReconcileService.Timing = ReconcileService.Timing(),
        autoscaleInterval: Duration = Autoscaler.interval,
        care: CareTiming = CareTiming()
    ) {
        self.broker = broker
        self.statePath = statePath
        self.mailboxes = mailboxes
        self.duties = duties
        self.stopLimit = stopLimit
        self.renewsMailboxes = renewsMailboxes ?? (broker.addresses.count == 1)
        self.fileQuota = fileQuota
        self.archiveAge = archiveAge
        self.traces = traces
        self.reconcile = reconcile
        self.autoscaleInterval = autoscaleInterval
        self.care = care
    }
}
