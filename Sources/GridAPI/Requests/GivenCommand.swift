//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes

/// What a request says about its command beside its body: under which identifier, on which terms.
struct GivenCommand {
    /// The command's identifier: derived from the key, so that the inbox absorbs a repetition, or new.
    let id: MessageID
    let terms: CommandTerms

    /// Reads `Idempotency-Key` and `If-Match` of a request's header.
    ///
    /// - Parameters:
    ///   - actor: The post the command is given as.
    ///   - word: What is asked for, and of what; together with the body it tells a repetition from another command.
    init(_ headers: HTTPFields, _ access: Access, actor: PostAddress, asking word: String, body: [UInt8]) throws {
        let revisions = try headers[.ifMatch].flatMap { try EntityTag.revisions(inIfMatch: $0) }
        let performer = Performer(person: access.person.n, isStandIn: access.standsIn(for: actor))
        guard let key = headers[.idempotencyKey] else {
            id = try Self.identifier(UUID().uuidString.lowercased())
            terms = CommandTerms(revisions: revisions, performer: performer)
            return
        }
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Problem.badRequest("Idempotency-Key: give 1 to 128 printable ASCII characters, a UUID for instance")
        }
        let person = access.person.n
        id = try Self.identifier(Self.hex(Primitives.sha256(Array("\(person)\n\(key)".utf8))))
        let fingerprint = Primitives.sha256(Array("\(actor)\n\(word)\n".utf8) + body)
        terms = CommandTerms(
            revisions: revisions,
            key: .init(person: person, text: key, fingerprint: fingerprint),
            performer: performer
        )
    }

    private static func identifier(_ text: String) throws -> MessageID {
        guard let id = MessageID("http-" + text) else { preconditionFailure("Cannot name a command \(text)") }
        return id
    }

    private static func hex(_ digest: [UInt8]) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

extension HTTPField.Name {
    /// The header under whose value a command is given once.
    static let idempotencyKey = HTTPField.Name.known("Idempotency-Key")
}
