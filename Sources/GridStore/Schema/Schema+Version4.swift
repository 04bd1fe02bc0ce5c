//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// The people's side: who may sign in, which posts they hold, and by what they are recognised.
    ///
    /// Secrets are never kept: passwords as scrypt writes them, tokens and sessions as SHA-256 of 32 random bytes. A
    /// person's number is never given to another one, because it is what logs name.
    static let version4 = """
        CREATE TABLE person (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            password TEXT,
            isDisabled INTEGER NOT NULL,
            createdAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE postHeld (
            person INTEGER NOT NULL REFERENCES person (n),
            post TEXT NOT NULL,
            PRIMARY KEY (person, post)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE token (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            person INTEGER NOT NULL REFERENCES person (n),
            label TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            createdAt INTEGER NOT NULL,
            expiresAt INTEGER,
            revokedAt INTEGER
        ) STRICT;
        CREATE INDEX tokenByPerson ON token (person);

        CREATE TABLE session (
            hash BLOB NOT NULL PRIMARY KEY,
            person INTEGER NOT NULL REFERENCES person (n),
            createdAt INTEGER NOT NULL,
            expiresAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessionByPerson ON session (person, createdAt);
        CREATE INDEX sessionByTime ON session (expiresAt);

        -- By a hash of the name that was tried, which may be a password typed into the wrong field.
        CREATE TABLE signInFailure (
            subject BLOB NOT NULL PRIMARY KEY,
            count INTEGER NOT NULL,
            lastAt INTEGER NOT NULL,
            lockedUntil INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX signInFailureByTime ON signInFailure (lastAt);

        CREATE TABLE idempotencyKey (
            person INTEGER NOT NULL REFERENCES person (n),
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            assignment TEXT,
            reason TEXT,
            detail TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (person, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotencyKeyByTime ON idempotencyKey (at);
        """
}
