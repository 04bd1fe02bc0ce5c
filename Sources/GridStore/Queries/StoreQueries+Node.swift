//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// The name that this file was given when it was made; a copy of it has the same.
    package func nodeID() throws -> String {
        try connection.first("SELECT id FROM node WHERE n = 1", []) { try $0.text(0) } ?? ""
    }

    /// Whether a broker has been given this file's marker, by which it is recognised later.
    package func nodeIsMarked() throws -> Bool {
        try connection.number("SELECT markedAt IS NOT NULL FROM node WHERE n = 1", []) == 1
    }

    /// When this file was last put in the place of another one; nil for never.
    func restoredAt() throws -> Instant? {
        try connection.first("SELECT restoredAt FROM node WHERE n = 1 AND restoredAt IS NOT NULL", []) {
            try $0.instant(0)
        }
    }

    /// The newest loss of the broker's that has not been made good; nil when there is none.
    package func pendingLoss() throws -> Int64? {
        let sql = "SELECT losses FROM node WHERE n = 1 AND losses > lossesMadeGood"
        return try connection.first(sql, []) { try $0.integer(0) }
    }
}

extension StoreTransaction {
    /// Remembers that a broker has been given this file's marker.
    package func markNode(at instant: Instant) throws {
        try connection.run("UPDATE node SET markedAt = ? WHERE n = 1", [instant.milliseconds])
    }

    /// Remembers that the broker lost a mailbox, or everything, with what was in it.
    package func noteLoss() throws {
        try connection.run("UPDATE node SET losses = losses + 1 WHERE n = 1", [])
    }

    /// Remembers that the pages have been compared since a loss; later ones stay pending.
    package func markMadeGood(upTo loss: Int64) throws {
        try connection.run("UPDATE node SET lossesMadeGood = max(lossesMadeGood, ?) WHERE n = 1", [loss])
    }
}
