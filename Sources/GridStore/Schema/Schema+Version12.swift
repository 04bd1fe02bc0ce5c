//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Policies by which workers are reckoned, and what was decided by them.
    static let version12 = """
        -- The policy as JSON; NULL in a row that says how many workers there are, or about a pause.
        ALTER TABLE scaleRule ADD COLUMN policy TEXT;

        -- How many workers a mailbox has by its policy, written whenever that changes.
        CREATE TABLE autoscale (
            mailbox TEXT NOT NULL PRIMARY KEY,
            workers INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
