//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// The words of an answer, and the short ways to what comparing pages looks for.
    ///
    /// The indexes hold what is open, which stays small however many years of finished work the file keeps.
    static let version3 = """
        ALTER TABLE escalation ADD COLUMN answer TEXT;
        ALTER TABLE escalation ADD COLUMN answerDueAt INTEGER;
        ALTER TABLE escalation ADD COLUMN answerSuperior TEXT;
        ALTER TABLE escalation ADD COLUMN answerNote TEXT;

        CREATE INDEX legUnsettled ON leg (parent, ordinal) WHERE state NOT IN ('completed', 'returned');
        CREATE INDEX assignmentOpen ON assignment (id) WHERE state NOT IN ('completed', 'returned', 'recalled');

        -- One row: names this file on the broker, so that a broker that forgot everything is recognised.
        CREATE TABLE node (
            n INTEGER PRIMARY KEY CHECK (n = 1),
            id TEXT NOT NULL,
            markedAt INTEGER
        ) STRICT;
        INSERT INTO node (n, id) VALUES (1, lower(hex(randomblob(16))));
        """
}
