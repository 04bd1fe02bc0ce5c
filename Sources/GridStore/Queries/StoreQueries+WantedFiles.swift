//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// A file that another node has and this one wants.
package struct WantedFile: Sendable, Hashable {
    /// What it is.
    package var file: StoredFile
    /// The node that has it.
    package var node: String
}

extension StoreQueries {
    /// Files that are still to be fetched from other nodes, by their hashes.
    ///
    /// - Parameter after: Where to go on; nil for the first.
    package func wantedFiles(after: FileHash? = nil, limit: Int) throws -> [WantedFile] {
        try connection.all(
            "SELECT hash, type, size, source FROM file WHERE source IS NOT NULL AND hash > ? ORDER BY hash LIMIT ?",
            [after?.text ?? "", limit]
        ) { row in
            try WantedFile(file: StoredFile(row: row, from: 0), node: row.text(3))
        }
    }
}

extension StoreQueries {
    /// Whether a file is still to be fetched.
    package func isWanted(_ hash: FileHash) throws -> Bool {
        try connection.number("SELECT EXISTS (SELECT 1 FROM file WHERE hash = ? AND source IS NOT NULL)", [hash.text])
            == 1
    }
}

extension StoreTransaction {
    /// Notes what another node's report says is attached to an assignment there; what is known already stays as it is.
    ///
    /// Beyond the number that an assignment may have nothing is noted.
    package func note(
        _ files: ReportedFiles,
        of assignment: AssignmentID,
        from post: PostAddress,
        at instant: Instant
    ) throws {
        var count = try attachments(of: assignment).count
        for attachment in files.attachments where count < Attachment.limit {
            let file = attachment.file
            guard try self.attachment(attachment.kind, file.hash, of: assignment) == nil else { continue }
            if try storedFile(file.hash) == nil {
                try connection.run(
                    "INSERT INTO file (hash, type, size, source) VALUES (?, ?, ?, ?)",
                    [file.hash.text, file.type.rawValue, file.size, files.node]
                )
            }
            try connection.run(
                "INSERT INTO attachment (assignment, kind, file, post, at) VALUES (?, ?, ?, ?, ?)",
                [assignment.text, attachment.kind.rawValue, file.hash.text, post.text, instant.milliseconds]
            )
            count += 1
        }
    }

    /// Notes that a file that was wanted is here.
    package func fileArrived(_ hash: FileHash) throws {
        try connection.run("UPDATE file SET source = NULL WHERE hash = ?", [hash.text])
    }
}
