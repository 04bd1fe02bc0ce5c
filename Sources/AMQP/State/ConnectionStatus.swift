//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// What anyone may ask about a connection without going to its thread.
final class ConnectionStatus: Sendable {
    private let blocked = Atomic<Bool>(false)
    private let open = Atomic<Bool>(false)
    private let inbound = Atomic<Int64>(0)

    /// Whether the broker accepts no messages for now.
    var isBlocked: Bool {
        get { blocked.load(ordering: .relaxed) }
        set { blocked.store(newValue, ordering: .relaxed) }
    }

    /// Whether the connection stands.
    var isOpen: Bool {
        get { open.load(ordering: .relaxed) }
        set { open.store(newValue, ordering: .relaxed) }
    }

    /// When something was last heard from the broker.
    var lastInbound: MonotonicTime {
        get { MonotonicTime(nanoseconds: inbound.load(ordering: .relaxed)) }
        set { inbound.store(newValue.nanoseconds, ordering: .relaxed) }
    }
}
