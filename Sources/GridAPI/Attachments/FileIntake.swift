//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes

/// Takes in the files that people send: recognises them, converts photos, and gives them their place.
struct FileIntake: Sendable {
    let folder: FileFolder
    private let converter = PhotoConverter()
    /// Bringing a file to the disk blocks a thread.
    private let lanes = WorkLanes(label: "GridAPI.files", count: 2, depth: 8)

    /// Creates an intake.
    init(folder: FileFolder) {
        self.folder = folder
    }

    /// Keeps what was sent, a photo in the form that is kept of photos.
    ///
    /// The same photo sent again is the same file, since the same bytes convert into the same bytes.
    ///
    /// - Throws: `Problem` or `PhotoConverter.Failure` for what is not taken; `WorkLanes.Busy`; `StoreError`.
    func keep(_ draft: FileDraft) async throws -> StoredFile {
        guard draft.size <= StoredFile.largest else { throw Problem.fileTooLarge }
        guard let signature = try Self.signature(of: draft) else { throw Problem.fileNotTaken }
        guard signature != .pdf else {
            return try await lanes.run { [folder] in
                let (hash, size) = try folder.keep(draft.path)
                return StoredFile(hash: hash, type: .pdf, size: size)
            }
        }
        let photo = String(draft.path.dropFirst(folder.path.count + 1))
        let name = try await converter.convert(photo, in: folder.path)
        return try await lanes.run { [folder] in
            let path = "\(folder.path)/\(name)"
            // It has another name by then, unless the content was there already or something failed.
            defer { unlink(path) }
            let (hash, size) = try folder.keep(path)
            return StoredFile(hash: hash, type: .jpeg, size: size)
        }
    }

    private static func signature(of draft: FileDraft) throws -> FileSignature? {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: draft.path))
        defer { try? file.close() }
        return FileSignature(Array(try file.read(upToCount: FileSignature.length) ?? Data()))
    }
}

extension Problem {
    /// A file is larger than is taken.
    static let fileTooLarge = Problem(
        .contentTooLarge,
        "too-large",
        "The file is too large",
        "send a file of \(StoredFile.largest / 1_048_576) MiB at most"
    )
    /// A file is of none of the types that are taken.
    static let fileNotTaken = Problem(
        .unsupportedMediaType,
        "not-a-photo",
        "The file is not taken",
        "send a photo (JPEG, PNG, WebP or HEIC) or a PDF; its content says which it is, not its name"
    )
    /// An assignment has as many attachments as are kept.
    static let tooManyFiles = Problem(
        .unprocessableContent,
        "too-many-files",
        "There are too many files",
        "an assignment has \(Attachment.limit) at most"
    )

    /// Whether the file was not taken for what it is, so that another one may be.
    var isAboutFile: Bool { [Self.fileTooLarge, .fileNotTaken, .tooManyFiles].contains { $0.kind == kind } }

    /// A photo cannot be decoded.
    static let photoUnreadable = Problem(
        .unprocessableContent,
        "photo-unreadable",
        "The photo cannot be read",
        "it is damaged, or takes too long to decode; take it again"
    )
    /// A photo would fill the memory.
    static let photoTooManyPixels = Problem(
        .unprocessableContent,
        "photo-too-many-pixels",
        "The photo has too many pixels",
        "send one of \(PhotoConverter.mostPixels / 1_000_000) million pixels at most"
    )
}
