//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Lets a person act for a post for a period.
    ///
    /// - Parameter grantor: The person who grants it; nil for whoever runs the node.
    /// - Returns: Its number.
    package func addStandIn(
        for post: PostAddress,
        person: Int64,
        from beginsAt: Instant,
        to endsAt: Instant,
        grantedBy grantor: Int64?,
        at instant: Instant
    ) throws -> Int64 {
        try connection.run(
            "INSERT INTO standIn (post, person, beginsAt, endsAt, grantedBy, grantedAt) VALUES (?, ?, ?, ?, ?, ?)",
            [
                post.description, person, beginsAt.milliseconds, endsAt.milliseconds, grantor,
                instant.milliseconds,
            ]
        )
        return connection.db.lastInsertedRowID
    }

    /// Ends a stand-in's period now; one that has not begun never will.
    ///
    /// - Returns: false when there is none of that number whose period is not over.
    package func endStandIn(_ n: Int64, at instant: Instant) throws -> Bool {
        try connection.run(
            "UPDATE standIn SET endsAt = ? WHERE n = ? AND endsAt > ?",
            [instant.milliseconds, n, instant.milliseconds]
        )
        return connection.db.changesCount > 0
    }

    /// Keeps who gave a command as a post.
    package func savePerformer(_ performer: Performer, of command: MessageID, as post: PostAddress) throws {
        try connection.run(
            "INSERT INTO performer (command, post, person, isStandIn) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [command.text, post.description, performer.person, performer.isStandIn]
        )
    }
}
