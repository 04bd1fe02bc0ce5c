//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// The attachments of an assignment, the oldest first.
    package func attachments(of assignment: AssignmentID) throws -> [AttachmentLine] {
        try connection.all(
            "SELECT \(AttachmentLine.columns) FROM \(AttachmentLine.tables) WHERE a.assignment = ? ORDER BY a.n",
            [assignment.text],
            AttachmentLine.init(row:)
        )
    }

    /// An attachment of an assignment by its kind and content; nil when there is none.
    func attachment(_ kind: Attachment.Kind, _ file: FileHash, of assignment: AssignmentID) throws -> AttachmentLine? {
        try connection.first(
            """
            SELECT \(AttachmentLine.columns) FROM \(AttachmentLine.tables)
            WHERE a.assignment = ? AND a.kind = ? AND a.file = ?
            """,
            [assignment.text, kind.rawValue, file.text],
            AttachmentLine.init(row:)
        )
    }

    /// A file that is attached to something; nil when there is none.
    package func storedFile(_ hash: FileHash) throws -> StoredFile? {
        try connection.first("SELECT hash, type, size FROM file WHERE hash = ?", [hash.text]) { row in
            try StoredFile(row: row, from: 0)
        }
    }

    /// How many bytes all files have together that are here.
    package func fileBytes() throws -> Int {
        try connection.number("SELECT coalesce(sum(size), 0) FROM file WHERE source IS NULL", [])
    }
}

extension StoredFile {
    init(row: ResultRow, from index: Int) throws {
        guard let hash = FileHash(try row.text(index)) else { throw row.unreadable(index) }
        try self.init(hash: hash, type: row.named(index + 1), size: Int(row.integer(index + 2)))
    }
}

extension AttachmentLine {
    fileprivate static let columns = "f.hash, f.type, f.size, a.n, a.kind, a.post, p.name, a.at"
    fileprivate static let tables = """
        attachment AS a CROSS JOIN file AS f ON f.hash = a.file LEFT JOIN person AS p ON p.n = a.person
        """

    fileprivate init(row: ResultRow) throws {
        try self.init(
            n: row.integer(3),
            attachment: Attachment(kind: row.named(4), file: StoredFile(row: row, from: 0)),
            post: row.post(5),
            person: row.textIfAny(6),
            at: row.instant(7)
        )
    }
}
