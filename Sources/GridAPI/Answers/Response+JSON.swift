//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A response with a value as JSON.
    static func json(
        _ value: some Encodable,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var headers = headers
            headers[.contentType] = "application/json"
            let body = ByteBuffer(bytes: try encoder.encode(value))
            return Response(status: status, headers: headers, body: .init(byteBuffer: body))
        } catch {
            // Our own views hold nothing that JSON cannot say.
            preconditionFailure("Cannot encode \(type(of: value)): \(error)")
        }
    }
}

/// An assignment's revision as HTTP writes it.
///
/// It names the state a command was decided on, not the bytes of a response: the light changes with the clock, and
/// reports of legs change counts. So it serves `If-Match` and is never answered with 304.
struct EntityTag {
    let text: String

    init(_ revision: Int) {
        text = "\"\(revision)\""
    }

    /// The revisions of an `If-Match` header; nil for `*`, which any assignment matches.
    ///
    /// - Throws: `Problem` when it is neither.
    static func revisions(inIfMatch value: String) throws -> Set<Int>? {
        if value.trimmingCharacters(in: .whitespaces) == "*" { return nil }
        let revisions = value.split(separator: ",").map { part -> Int? in
            let tag = part.trimmingCharacters(in: .whitespaces)
            guard tag.count > 2, tag.first == "\"", tag.last == "\"" else { return nil }
            return Int(tag.dropFirst().dropLast())
        }
        guard !revisions.isEmpty, revisions.count <= 16, revisions.allSatisfy({ $0 != nil }) else {
            throw Problem.badRequest("If-Match: give the ETag of the assignment as it was read, for instance \"3\"")
        }
        return Set(revisions.compactMap(\.self))
    }
}
