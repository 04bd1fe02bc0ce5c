//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// The timers whose time has come, the earliest first.
    package func dueTimers(now: Instant, limit: Int) throws -> [TimerFiring] {
        try connection.all(
            "SELECT assignment, kind, at FROM timer WHERE at <= ? ORDER BY at LIMIT ?",
            [now.milliseconds, limit]
        ) { row in
            try TimerFiring(assignment: row.assignmentID(0), kind: row.named(1), at: row.instant(2))
        }
    }

    /// When the earliest timer fires, or the first parked message has waited long enough; nil when there is neither.
    package func nextWakeUp() throws -> Instant? {
        let timer = try connection.first("SELECT at FROM timer ORDER BY at LIMIT 1", []) { try $0.instant(0) }
        let parked = try connection.first("SELECT until FROM parked ORDER BY until LIMIT 1", []) {
            try $0.instant(0)
        }
        return [timer, parked].compactMap(\.self).min()
    }
}
