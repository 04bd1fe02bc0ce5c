//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// The first version.
    ///
    /// Instants are milliseconds since 1970, states and posts are text as the model writes them. No column is made for
    /// residents' data. Keys of assignments are text whose prefixes are the line of issuers, so an assignment and all
    /// below it are one range: from `X` to before `X/`, because only `.` can follow a whole identifier.
    static let version1 = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE organization (
            version INTEGER PRIMARY KEY,
            document BLOB NOT NULL,
            savedAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE workOrder (
            id TEXT NOT NULL PRIMARY KEY,
            title TEXT NOT NULL,
            issuedAt INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT;
        CREATE INDEX workOrderByTime ON workOrder (issuedAt, id);

        CREATE TABLE assignment (
            id TEXT NOT NULL PRIMARY KEY,
            post TEXT NOT NULL,
            issuer TEXT,
            area TEXT NOT NULL,
            state TEXT NOT NULL,
            revision INTEGER NOT NULL,
            rework INTEGER NOT NULL,
            legsIssued INTEGER NOT NULL,
            legsAccepted INTEGER NOT NULL,
            legsSubmitted INTEGER NOT NULL,
            legsEscalated INTEGER NOT NULL,
            legsCompleted INTEGER NOT NULL,
            legsReturned INTEGER NOT NULL,
            legsRecalled INTEGER NOT NULL,
            escalatedTo TEXT,
            rung INTEGER NOT NULL,
            waitingOn TEXT,
            acceptBy INTEGER,
            dueAt INTEGER,
            issuedAt INTEGER NOT NULL,
            acceptedAt INTEGER,
            completedAt INTEGER,
            updatedAt INTEGER NOT NULL,
            isTombstone INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX assignmentByPost ON assignment (post, state);

        CREATE TABLE leg (
            parent TEXT NOT NULL REFERENCES assignment (id),
            ordinal INTEGER NOT NULL,
            post TEXT NOT NULL,
            area TEXT NOT NULL,
            state TEXT NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (parent, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE escalation (
            n INTEGER PRIMARY KEY,
            superior TEXT NOT NULL,
            assignment TEXT NOT NULL,
            revision INTEGER NOT NULL,
            holder TEXT NOT NULL,
            rung INTEGER NOT NULL,
            title TEXT NOT NULL,
            reason TEXT NOT NULL,
            byClock INTEGER NOT NULL,
            dueAt INTEGER,
            openedAt INTEGER NOT NULL,
            state TEXT NOT NULL,
            settledAt INTEGER,
            UNIQUE (superior, assignment, revision)
        ) STRICT;
        CREATE INDEX escalationByState ON escalation (state, superior);

        CREATE TABLE history (
            n INTEGER PRIMARY KEY,
            assignment TEXT NOT NULL,
            event TEXT NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT,
            leg TEXT,
            note TEXT,
            cause TEXT NOT NULL
        ) STRICT;
        CREATE INDEX historyByAssignment ON history (assignment);

        CREATE TABLE timer (
            assignment TEXT NOT NULL,
            kind TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (assignment, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX timerByTime ON timer (at);

        CREATE TABLE inbox (
            source TEXT NOT NULL,
            id TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (source, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX inboxByTime ON inbox (at);

        -- AUTOINCREMENT, because a row's number must never come back: a confirm that arrives after its row was taken
        -- over, sent and deleted by another process would otherwise delete somebody else's row.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            exchange TEXT NOT NULL,
            routingKey TEXT NOT NULL,
            messageID TEXT NOT NULL,
            type TEXT NOT NULL,
            correlationID TEXT,
            headers TEXT NOT NULL,
            body BLOB NOT NULL,
            enqueuedAt INTEGER NOT NULL,
            leaseOwner TEXT,
            leaseUntil INTEGER
        ) STRICT;
        CREATE INDEX outboxByLease ON outbox (leaseUntil);

        CREATE TABLE parked (
            n INTEGER PRIMARY KEY,
            waitingFor TEXT NOT NULL,
            until INTEGER NOT NULL,
            id TEXT NOT NULL,
            exchange TEXT NOT NULL,
            routingKey TEXT NOT NULL,
            messageID TEXT NOT NULL,
            type TEXT NOT NULL,
            correlationID TEXT,
            headers TEXT NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (waitingFor, id, routingKey)
        ) STRICT;
        CREATE INDEX parkedByTime ON parked (until);
        """
}
