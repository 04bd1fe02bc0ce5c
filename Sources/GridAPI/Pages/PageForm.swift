//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a page's form. None of them is believed.
struct PageForm: Decodable {
    /// The largest form: the longest note, in characters that take nine bytes each on their way.
    private static let largest = 65_536

    var csrf: String?
    var key: String?
    var actor: String?
    var from: String?
    var back: String?
    var revision: String?
    var note: String?
    var answer: String?
    var post: String?
    var until: String?
    var name: String?
    var password: String?
    var to: String?

    /// Reads a request's form.
    static func read(_ request: Request) async throws -> PageForm {
        try await decode(PageForm.self, request, upTo: largest)
    }

    /// Reads the form of somebody who is signed in, and checks that it is from a page of ours.
    static func read(_ visit: PageVisit) async throws -> PageForm {
        let form = try await read(visit.request)
        try form.check(visit)
        return form
    }

    /// Checks that a form is from a page of ours.
    func check(_ visit: PageVisit) throws { try Self.check(csrf, visit) }

    /// Reads a request's form as a type of its own.
    static func decode<Form: Decodable>(_ type: Form.Type, _ request: Request, upTo limit: Int) async throws -> Form {
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            throw Problem.notAForm
        }
        let buffer = try await request.body.collect(upTo: limit)
        do {
            return try URLEncodedFormDecoder().decode(Form.self, from: String(buffer: buffer))
        } catch {
            throw Problem.badRequest("the form cannot be read")
        }
    }

    /// Checks that a form is from a page of ours, by the token that it brings along.
    static func check(_ token: String?, _ visit: PageVisit) throws {
        guard let caller = visit.caller, let token, caller.isCSRFToken(token) else {
            throw Problem(.forbidden, "csrf", "The request does not come from this page", "load the page again")
        }
    }

    /// What was written, nil when it is nothing. Forms send line ends as CR LF.
    var writtenNote: String? {
        let text = note?.replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The body of a command as the API takes it, so that the same checks apply.
    ///
    /// - Parameter zone: Where a day that was chosen ends.
    func body(for verb: CommandVerb, in zone: OfficeZone) throws -> [UInt8] {
        var body = ActionBody(note: writtenNote)
        if verb == .answer {
            body.answer = answer.flatMap { AnswerKind(rawValue: $0) }
            if let until, !until.isEmpty {
                guard let dueAt = OfficeTime.end(ofDay: until, in: zone) else {
                    throw Refusal(.invalid, "the new deadline is no day")
                }
                body.dueAt = dueAt
            }
        }
        if verb == .reassign { body.post = post.flatMap { PostAddress($0) } }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(body))
    }

    /// What the API takes from a request's header.
    var terms: HTTPFields {
        var headers = HTTPFields()
        if let key { headers[.idempotencyKey] = key }
        if let revision = revision.flatMap({ Int($0) }) { headers[.ifMatch] = EntityTag(revision).text }
        return headers
    }
}

extension PageForm {
    /// The same about one of several that a form is about: each has a key of its own, and no revision that was shown.
    func terms(about id: AssignmentID) -> HTTPFields {
        var headers = HTTPFields()
        if let key { headers[.idempotencyKey] = "\(key)-\(id)" }
        return headers
    }

    /// The fields of a command's form.
    init(fields: [String: String]) {
        csrf = fields["csrf"]
        key = fields["key"]
        actor = fields["actor"]
        from = fields["from"]
        back = fields["back"]
        revision = fields["revision"]
        note = fields["note"]
    }
}

extension Problem {
    /// What was sent is no form.
    static let notAForm = Problem(
        .unsupportedMediaType,
        "not-a-form",
        "The body is not a form",
        "send it from the page"
    )
}

extension Caller {
    /// Whether a token is that of the caller's session.
    func isCSRFToken(_ text: String) -> Bool {
        guard case .session(let secret) = credential else { return false }
        return secret.isWord(text, for: Self.crossSite)
    }
}

extension Request {
    /// Whether a form that asks for no session is from a page of ours: a foreign one would sign somebody in unasked.
    var isFromOwnPage: Bool {
        if let site = headers[.fetchSite] { return site == "same-origin" }
        guard let origin = headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == head.authority
    }
}

extension HTTPField.Name {
    /// `Sec-Fetch-Site` of the W3C: where a request comes from, as the browser knows it.
    fileprivate static let fetchSite = HTTPField.Name.known("Sec-Fetch-Site")
}
