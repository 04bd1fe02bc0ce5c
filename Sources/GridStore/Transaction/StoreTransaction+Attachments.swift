//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Attaches a file to an assignment; attaching the same content as the same kind again changes nothing.
    ///
    /// - Parameters:
    ///   - actor: The post that attaches it.
    ///   - person: The number of the person who does; nil for whoever works at this machine.
    ///   - folder: Where the file is.
    ///   - quota: How many bytes all files may have together.
    /// - Returns: The attachment, and whether it is new.
    /// - Throws: `Refusal` when the assignment takes it not, or not from this post; `StoreError` with the code `full`
    ///   when the quota is used up, or `io` when the file is not in the folder.
    package func attach(
        _ attachment: Attachment,
        to assignment: Assignment,
        as actor: PostAddress,
        by person: Int64?,
        in folder: FileFolder,
        quota: Int,
        at instant: Instant
    ) throws -> (line: AttachmentLine, isNew: Bool) {
        let file = attachment.file
        if let line = try self.attachment(attachment.kind, file.hash, of: assignment.id) { return (line, false) }
        let count = try attachments(of: assignment.id).count
        if let refusal = assignment.refusalToAttach(as: actor, having: count) { throw refusal }
        if try storedFile(file.hash) == nil {
            guard try fileBytes() + file.size <= quota else {
                throw StoreError(.full, "The files' quota of \(quota) bytes is used up; raise files.quotaMebibytes.")
            }
            try connection.run(
                "INSERT INTO file (hash, type, size) VALUES (?, ?, ?)",
                [file.hash.text, file.type.rawValue, file.size]
            )
        }
        // Another node's report may have told of the same content before.
        try fileArrived(file.hash)
        // Inside the transaction: whoever collects what is nobody's does so in one too.
        guard folder.contains(file.hash) else {
            throw StoreError(.io, "The file \(file.hash) is not in \(folder.path); send it again.")
        }
        try connection.run(
            "INSERT INTO attachment (assignment, kind, file, post, person, at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                assignment.id.text, attachment.kind.rawValue, file.hash.text, actor.text, person,
                instant.milliseconds,
            ]
        )
        guard let line = try self.attachment(attachment.kind, file.hash, of: assignment.id) else {
            preconditionFailure("Cannot miss an attachment that was just written")
        }
        return (line, true)
    }
}
