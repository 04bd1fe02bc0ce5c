//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Removes a timer whose time has come, so that it fires once.
    ///
    /// - Returns: false when another process took it, or when it was moved or cancelled meanwhile.
    package func removeTimer(_ firing: TimerFiring) throws -> Bool {
        try connection.run(
            "DELETE FROM timer WHERE assignment = ? AND kind = ? AND at = ?",
            [firing.assignment.text, firing.kind.rawValue, firing.at.milliseconds]
        )
        return connection.db.changesCount > 0
    }
}
