//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// JSON for message bodies.
struct BodyCoder: Sendable {
    /// The largest body accepted, in bytes: far above an order with the longest text, far below what would hurt.
    static let maximumBodySize = 262_144

    /// Encodes a body with the assignment it is about.
    func encode(_ body: some Codable & Sendable, about assignment: AssignmentID?) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(AddressedBody(assignment: assignment, body: body)))
    }

    /// Encodes a flat body with the assignment it is about.
    func encode(_ body: some FlatBody, about assignment: AssignmentID?) -> [UInt8] {
        AddressedBody(assignment: assignment, body: body).flat.json
    }

    /// Encodes a body that is about no assignment.
    func encode(_ body: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(body))
    }

    /// Decodes a body; the error says what does not fit, and where.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(BadMessage) -> Value {
        guard bytes.count <= Self.maximumBodySize else {
            throw BadMessage("the body has \(bytes.count) bytes; at most \(Self.maximumBodySize) are taken")
        }
        return try Self.decodeFile(type, from: bytes)
    }

    /// Decodes a flat body and the assignment it is about; `object` is what was read of the bytes, if they are flat.
    func decode<Body: FlatBody>(
        _ type: AddressedBody<Body>.Type,
        from bytes: [UInt8],
        readAs object: FlatObject?
    ) throws(BadMessage) -> AddressedBody<Body> {
        if let object {
            do throws(NotFlat) { return try AddressedBody(flat: object) } catch {}
        }
        // Foundation takes what is unusual, and says what is wrong with what is bad.
        return try decode(type, from: bytes)
    }

    /// Reads an object whose members are texts and whole numbers; nil where the bytes are anything else.
    func flatObject(_ bytes: [UInt8]) -> FlatObject? {
        bytes.count <= Self.maximumBodySize ? FlatObject(bytes) : nil
    }

    /// Decodes a file a person wrote, of any size.
    static func decodeFile<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(BadMessage) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw BadMessage(reason(error))
        } catch {
            throw BadMessage("the body cannot be read: \(error)")
        }
    }

    /// The names of the members of a JSON object.
    func memberNames(of bytes: [UInt8]) throws(BadMessage) -> [String] {
        try decode(MemberNames.self, from: bytes).names
    }

    /// Checks that an object has no members but those allowed: a schema's sender hears of a misspelt one. What is no
    /// name of a member at all may be anything that somebody wrote, and is not repeated.
    static func check(_ members: [String], allowed: Set<String>) throws(BadMessage) {
        let unknown = members.filter { !allowed.contains($0) }.sorted()
        guard unknown.isEmpty else {
            let names = unknown.map { isName($0) ? $0 : "one that is no name" }
            throw BadMessage("unknown members: \(names.prefix(5).joined(separator: ", "))")
        }
    }

    /// Whether a text looks like the name of a member: a word of at most as many letters as the longest that is one.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 20 && text.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
    }

    /// Says what `error` found without quoting the body, which may hold a resident's words.
    private static func reason(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            let keys = (path + [last].compactMap(\.self)).map { $0.intValue.map(String.init) ?? $0.stringValue }
            return keys.isEmpty ? "the body" : "/" + keys.joined(separator: "/")
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath, key)) is missing"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) must not be null"
        case .typeMismatch(let type, let context): return "\(place(context.codingPath)) is not a \(name(of: type))"
        case .dataCorrupted(let context):
            if context.codingPath.isEmpty { return "the body is not valid JSON in UTF-8" }
            // What the library says of a value that it cannot make may repeat it.
            let fitting = (context.underlyingError as? Misfit).map { ": \($0)" } ?? ""
            return "\(place(context.codingPath)) does not fit\(fitting)"
        @unknown default: return "the body does not fit its schema"
        }
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is Int.Type: "whole number"
        default: "JSON value of its schema"
        }
    }

    private struct MemberNames: Decodable {
        let names: [String]

        private struct AnyKey: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            names = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        }
    }
}
