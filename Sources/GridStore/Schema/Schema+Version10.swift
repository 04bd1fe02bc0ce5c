//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// How mailboxes are to be served, and the processes that serve them.
    static let version10 = """
        -- Of what was said about a mailbox, the row with the highest number counts. Its workers and whether it is paused
        -- are separate matters: isPaused is NULL in a row about workers.
        CREATE TABLE scaleRule (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            area TEXT,
            role TEXT,
            workers INTEGER,
            prefetch INTEGER,
            isPaused INTEGER,
            setAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE process (
            name TEXT NOT NULL PRIMARY KEY,
            duties TEXT NOT NULL,
            selection TEXT NOT NULL,
            startedAt INTEGER NOT NULL,
            seenAt INTEGER NOT NULL,
            isDraining INTEGER NOT NULL DEFAULT 0,
            isServing INTEGER NOT NULL DEFAULT 0,
            -- The version of the desired state that it has carried out.
            applied INTEGER NOT NULL DEFAULT 0,
            report TEXT NOT NULL DEFAULT ''
        ) STRICT, WITHOUT ROWID;

        -- Grows whenever a rule is set, or a process comes, goes, is drained, or begins or ceases to serve.
        ALTER TABLE node ADD COLUMN scaleVersion INTEGER NOT NULL DEFAULT 0;
        """
}
