//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Invitations: links by which somebody signs in once without a password, kept as SHA-256 of their secret.
    static let version5 = """
        CREATE TABLE invitation (
            hash BLOB NOT NULL PRIMARY KEY,
            person INTEGER NOT NULL REFERENCES person (n),
            expiresAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX invitationByPerson ON invitation (person);
        CREATE INDEX invitationByTime ON invitation (expiresAt);
        """
}
