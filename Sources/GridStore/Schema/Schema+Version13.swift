//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Whom to tell what reached a post, and the queue of what is to be told.
    ///
    /// A webhook's secret is kept as it is, since it signs; nothing else in the file has to be as well kept from being read.
    static let version13 = """
        CREATE TABLE pushChannel (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            -- Either a person or a post.
            person INTEGER REFERENCES person (n),
            post TEXT,
            kind TEXT NOT NULL,
            address TEXT NOT NULL,
            secret BLOB NOT NULL,
            language TEXT NOT NULL,
            hasTitle INTEGER NOT NULL,
            quietFrom INTEGER,
            quietTo INTEGER,
            digestMinutes INTEGER NOT NULL,
            createdAt INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            restsUntil INTEGER NOT NULL DEFAULT 0,
            -- When a message was last taken from its queue: whose turn is longest ago comes first.
            servedAt INTEGER NOT NULL DEFAULT 0,
            CHECK ((person IS NULL) <> (post IS NULL))
        ) STRICT;
        CREATE INDEX pushChannelByPerson ON pushChannel (person) WHERE person IS NOT NULL;
        CREATE INDEX pushChannelByPost ON pushChannel (post) WHERE post IS NOT NULL;
        CREATE INDEX pushChannelByAddress ON pushChannel (address);
        -- Those that are to be told when a receiver takes messages again: asked after each message that was taken.
        CREATE INDEX pushChannelFailing ON pushChannel (kind) WHERE failures > 0;
        CREATE INDEX postHeldByPost ON postHeld (post);
        CREATE INDEX standInByPost ON standIn (post, endsAt);

        CREATE TABLE push (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            channel INTEGER NOT NULL REFERENCES pushChannel (n) ON DELETE CASCADE,
            -- The line of history; below 0 for a trial. With the channel it makes a double impossible.
            line INTEGER NOT NULL,
            post TEXT NOT NULL,
            mailbox TEXT NOT NULL,
            assignment TEXT NOT NULL,
            kind TEXT NOT NULL,
            isUrgent INTEGER NOT NULL,
            dueAt INTEGER,
            at INTEGER NOT NULL,
            notBefore INTEGER NOT NULL,
            state TEXT NOT NULL,
            -- The message it went in, or goes in again.
            message TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            leaseOwner TEXT,
            leaseUntil INTEGER,
            error TEXT,
            settledAt INTEGER,
            UNIQUE (channel, line)
        ) STRICT;
        CREATE INDEX pushWaiting ON push (channel, notBefore) WHERE state = 'waiting';
        CREATE INDEX pushWaitingByTime ON push (notBefore) WHERE state = 'waiting';
        CREATE INDEX pushSending ON push (leaseUntil) WHERE state = 'sending';
        CREATE INDEX pushByMessage ON push (message) WHERE message IS NOT NULL;
        CREATE INDEX pushByAssignment ON push (channel, assignment, n);
        CREATE INDEX pushGivenUp ON push (n) WHERE state = 'givenUp';
        CREATE INDEX pushSettled ON push (settledAt) WHERE settledAt IS NOT NULL;

        -- When messages set out to a robot that takes so many in a minute, a restart or not.
        CREATE TABLE pushTurn (
            address TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX pushTurnByAddress ON pushTurn (address, at);

        -- How far the history has been looked through; what is there by now is no news.
        ALTER TABLE node ADD COLUMN pushedLine INTEGER NOT NULL DEFAULT 0;
        UPDATE node SET pushedLine = (SELECT coalesce(max(n), 0) FROM history);
        """
}
