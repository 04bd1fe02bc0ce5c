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
}

extension StoreTransaction {
    /// Remembers that a broker has been given this file's marker.
    package func markNode(at instant: Instant) throws {
        try connection.run("UPDATE node SET markedAt = ? WHERE n = 1", [instant.milliseconds])
    }
}
