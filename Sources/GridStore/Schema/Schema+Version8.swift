//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Attachments, and the files beside the state file that they are.
    ///
    /// A file has a row only together with an attachment, so what has no row is nobody's.
    static let version8 = """
        CREATE TABLE file (
            hash TEXT NOT NULL PRIMARY KEY,
            type TEXT NOT NULL,
            size INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE attachment (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            assignment TEXT NOT NULL,
            kind TEXT NOT NULL,
            file TEXT NOT NULL REFERENCES file (hash),
            post TEXT NOT NULL,
            person INTEGER REFERENCES person (n),
            at INTEGER NOT NULL,
            UNIQUE (assignment, kind, file)
        ) STRICT;
        """
}
