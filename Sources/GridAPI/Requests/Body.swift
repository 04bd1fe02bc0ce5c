//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import HTTPTypes
import Hummingbird

/// The bodies of requests: JSON, of a bounded size.
enum Body {
    /// The largest order, in bytes: its text at its longest, in characters that take four bytes each.
    static let largestOrder = 262_144
    /// The largest body of anything else.
    static let largest = 32_768

    /// The bytes of a request's body, which has to call itself JSON; none when there is none.
    static func bytes(of request: Request, upTo limit: Int) async throws -> [UInt8] {
        let buffer = try await request.body.collect(upTo: limit)
        guard buffer.readableBytes > 0 else { return [] }
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/json" else {
            // Also what keeps a foreign page's form out: it cannot send this type.
            throw Problem(
                .unsupportedMediaType,
                "not-json",
                "The body is not JSON",
                "send it with Content-Type: application/json"
            )
        }
        return Array(buffer.readableBytesView)
    }

    /// Reads a body whose members all are in `members`.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        members: Set<String>,
        from request: Request
    ) async throws -> Value {
        let bytes = try await bytes(of: request, upTo: largest)
        return try JSONBody.decode(type, members: members, from: bytes.isEmpty ? Array("{}".utf8) : bytes)
    }
}
