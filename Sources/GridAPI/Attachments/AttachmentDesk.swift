//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Hummingbird
import NIOCore

/// Attaches what people send to assignments, for the API and for the pages alike.
struct AttachmentDesk {
    let services: APIServices

    /// Attaches a file.
    ///
    /// - Returns: The attachment, and whether it is new; the same content as the same kind is attached once.
    /// - Throws: `Problem`, `Refusal`, or `StoreError`.
    func attach(
        _ draft: FileDraft,
        as kind: Attachment.Kind,
        to id: AssignmentID,
        as actor: PostAddress,
        access: Access
    ) async throws -> (line: AttachmentLine, isNew: Bool) {
        try await check(id, as: actor, access)
        let file = try await services.intake.keep(draft)
        let (folder, quota, now) = (services.store.files, services.configuration.fileQuota, services.clock.now)
        return try await services.store.write { store in
            // Asked again: converting a photo takes a while.
            guard let assignment = try store.assignment(id) else { throw Problem.noAssignment }
            return try store.attach(
                Attachment(kind: kind, file: file),
                to: assignment,
                as: actor,
                by: access.person.n,
                in: folder,
                quota: quota,
                at: now
            )
        }
    }

    /// Checks that somebody may attach to an assignment at all, before anything is received or decoded for her.
    func check(_ id: AssignmentID, as actor: PostAddress, _ access: Access) async throws {
        let assignment = try await services.store.read { try access.assignment(id, in: $0) }
        if let refusal = assignment.refusalToAttach(as: actor, having: 0), refusal.reason == .notYours { throw refusal }
    }
}

extension Problem {
    /// There is no such assignment, or not for this caller.
    static let noAssignment = Problem.notFound("there is no such assignment among those of your posts")
}

extension FileDraft {
    /// Writes a request's body into the file.
    ///
    /// - Throws: `Problem` when it is larger than is taken.
    func fill(from body: RequestBody) async throws {
        for try await buffer in body {
            guard size + buffer.readableBytes <= StoredFile.largest else { throw Problem.fileTooLarge }
            try buffer.withUnsafeReadableBytes { try append($0) }
        }
    }
}
