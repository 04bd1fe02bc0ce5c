//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import HTTPTypes
import Hummingbird
import NIOCore

/// A page's form with photos, which are on the disk by the time it has been read.
struct PageUpload {
    /// A photo of a form.
    struct Photo {
        let kind: Attachment.Kind
        let draft: FileDraft
    }

    /// The most bytes of a form; what is larger is not read to its end.
    static let largest = Attachment.limit * StoredFile.largest
    /// The most bytes of a field.
    private static let largestField = 16_384

    let form: PageForm
    let photos: [Photo]
    /// Whether a file was larger than is taken, and left out.
    var isTooLarge = false

    /// Whether a request has such a form.
    static func isSent(by request: Request) -> Bool {
        request.headers[.contentType]?.lowercased().hasPrefix("multipart/") ?? false
    }

    /// Reads the form of somebody who is signed in, and checks that it is from a page of ours before any photo is taken.
    ///
    /// A photo that is too large is left out, and the form read to its end: a browser reads no answer before.
    ///
    /// - Throws: `Problem`.
    static func read(_ visit: PageVisit) async throws -> PageUpload {
        let request = visit.request
        guard let parser = MultipartParser(contentType: request.headers[.contentType] ?? "") else {
            throw Problem.notAForm
        }
        var reader = Reader(parser: parser, folder: visit.services.store.files) { fields in
            try PageForm(fields: fields).check(visit)
        }
        var size = 0
        for try await buffer in request.body {
            size += buffer.readableBytes
            guard size <= largest else { throw Problem.fileTooLarge }
            try reader.read(buffer.readableBytesView)
        }
        return try reader.finish()
    }

    /// Puts the parts of a form where they belong.
    private struct Reader {
        /// Where the bytes of a part go.
        private enum Target {
            case field(String, [UInt8])
            case photo(Photo)
            /// A file that is not asked for, or is too large.
            case nowhere
        }

        private var parser: MultipartParser
        private let folder: FileFolder
        private let check: ([String: String]) throws -> Void
        private var fields: [String: String] = [:]
        private var photos: [Photo] = []
        private var target = Target.nowhere
        private var isTooLarge = false

        init(parser: MultipartParser, folder: FileFolder, check: @escaping ([String: String]) throws -> Void) {
            self.parser = parser
            self.folder = folder
            self.check = check
        }

        mutating func read(_ bytes: some Sequence<UInt8>) throws {
            do {
                for event in try parser.feed(bytes) { try handle(event) }
            } catch is MultipartParser.Malformed {
                throw Problem.badRequest("the form cannot be read")
            }
        }

        func finish() throws -> PageUpload {
            guard parser.isDone else { throw Problem.badRequest("the form is not whole") }
            try check(fields)
            // A browser sends an empty file where none was chosen.
            let chosen = photos.filter { $0.draft.size > 0 }
            return PageUpload(form: PageForm(fields: fields), photos: chosen, isTooLarge: isTooLarge)
        }

        private mutating func handle(_ event: MultipartParser.Event) throws {
            switch event {
            case .begin(name: let name, isFile: true): target = try photo(named: name)
            case .begin(name: let name, isFile: false): target = .field(name, [])
            case .bytes(let bytes): try add(bytes)
            case .end:
                if case .field(let name, let bytes) = target { fields[name] = String(decoding: bytes, as: UTF8.self) }
                if case .photo(let photo) = target { photos.append(photo) }
                target = .nowhere
            }
        }

        /// The token stands before the photos, so that nothing is written for a foreign page.
        private func photo(named name: String) throws -> Target {
            guard let kind = Attachment.Kind(rawValue: name) else { return .nowhere }
            try check(fields)
            return .photo(Photo(kind: kind, draft: try folder.draft()))
        }

        private mutating func add(_ bytes: ArraySlice<UInt8>) throws {
            switch target {
            case .field(let name, let before):
                guard before.count + bytes.count <= largestField else {
                    throw Problem.badRequest("a field of the form is too long")
                }
                target = .field(name, before + bytes)
            case .photo(let photo):
                guard photo.draft.size + bytes.count <= StoredFile.largest else {
                    isTooLarge = true
                    target = .nowhere
                    return
                }
                try bytes.withUnsafeBytes { try photo.draft.append($0) }
            case .nowhere: break
            }
        }
    }
}
