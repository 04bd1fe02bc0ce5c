//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Stand-ins, and who gave a command: a post is held by several people, in turn and for one another.
    static let version6 = """
        CREATE TABLE standIn (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            post TEXT NOT NULL,
            person INTEGER NOT NULL REFERENCES person (n),
            beginsAt INTEGER NOT NULL,
            endsAt INTEGER NOT NULL,
            -- NULL: whoever runs the node.
            grantedBy INTEGER REFERENCES person (n),
            grantedAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX standInByPerson ON standIn (person, endsAt);
        CREATE INDEX standInByTime ON standIn (endsAt);

        -- A command is the cause of its lines of history and its post their actor; of one post's commands, the inbox lets
        -- an identifier through once.
        CREATE TABLE performer (
            command TEXT NOT NULL,
            post TEXT NOT NULL,
            person INTEGER NOT NULL REFERENCES person (n),
            isStandIn INTEGER NOT NULL,
            PRIMARY KEY (command, post)
        ) STRICT, WITHOUT ROWID;
        """
}
