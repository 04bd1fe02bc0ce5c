//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Synchronization

/// A connection to the broker that is kept up for one purpose, and how it stands.
package final class BrokerLink: Sendable {
    /// What a connection is for.
    package enum Purpose: String, CaseIterable, Sendable {
        case relay, mailboxes, reconcile, files
    }

    /// What it is for.
    package let purpose: Purpose
    private let supervisor: AMQPSupervisor
    private let current = Mutex<AMQPConnection?>(nil)

    /// Creates a link that has no connection yet.
    init(_ purpose: Purpose, supervisor: AMQPSupervisor) {
        self.purpose = purpose
        self.supervisor = supervisor
    }

    /// Whether there is a connection.
    package var isUp: Bool { current.withLock { $0?.isOpen ?? false } }

    /// Whether the broker holds publishers back on it, for want of memory or disk.
    package var isBlocked: Bool { current.withLock { $0?.isBlocked ?? false } }

    /// How long ago anything was heard from the broker; nil while there is no connection.
    package var silence: Duration? {
        current.withLock { connection in
            guard let connection, connection.isOpen else { return nil }
            return connection.lastFrameAge
        }
    }

    /// Runs `body` on a connection, again and again until it returns, as ``AMQPSupervisor/run(_:)`` does.
    func run(_ body: @escaping @Sendable (AMQPConnection) async throws -> Void) async throws {
        try await supervisor.run { connection in
            self.current.withLock { $0 = connection }
            defer { self.current.withLock { $0 = nil } }
            try await body(connection)
        }
    }
}
