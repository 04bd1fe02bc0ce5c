//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Cheap questions asked before a transaction is begun for nothing.
extension StoreQueries {
    /// Whether any message waits for its assignment.
    package func hasParked() throws -> Bool {
        if let known = connection.memo.hasParked { return known }
        let hasParked = try connection.number(anyParked, []) == 1
        connection.memo.hasParked = hasParked
        return hasParked
    }

    /// Whether any message waits for a moment after `instant`.
    package func hasParked(beyond instant: Instant) throws -> Bool {
        try connection.number("SELECT EXISTS (SELECT 1 FROM parked WHERE until > ?)", [instant.milliseconds]) == 1
    }

    /// Whether the outbox has rows that `claimOutbox` would lease now.
    package func hasClaimable(at now: Instant, leaseMilliseconds: Int64) throws -> Bool {
        try connection.number(
            """
            SELECT EXISTS (SELECT 1 FROM outbox WHERE leaseUntil IS NULL)
                OR EXISTS (SELECT 1 FROM outbox WHERE leaseUntil <= ?1)
                OR EXISTS (SELECT 1 FROM outbox WHERE leaseUntil > ?2)
            """,
            [now.milliseconds, now.adding(milliseconds: 2 * leaseMilliseconds).milliseconds]
        ) == 1
    }

    /// Who holds leases on the outbox, whether or not they are alive.
    package func leaseOwners() throws -> [String] {
        try connection.all(
            "SELECT DISTINCT leaseOwner FROM outbox WHERE leaseUntil > 0",
            []
        ) { try $0.text(0) }
    }
}

private let anyParked = SQL("SELECT EXISTS (SELECT 1 FROM parked)")
