//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Attempts at messages that were delivered again, so that one over which processes crash is found.
    static let version2 = """
        CREATE TABLE attempt (
            key TEXT NOT NULL PRIMARY KEY,
            count INTEGER NOT NULL,
            owner TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attemptByTime ON attempt (at);
        """
}
