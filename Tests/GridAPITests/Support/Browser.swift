//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Somebody at the pages of a test, with a session of hers and no script.
struct Browser {
    let api: TestAPI
    let cookie: String
    var language = "zh-CN"

    /// A form as a page shows it.
    struct Form {
        let action: String
        var fields: [String: String]
        let text: String
    }

    /// Opens a session for somebody.
    static func signedIn(_ name: String, _ api: TestAPI) async throws -> Browser {
        let secret = Secret()
        let now = api.clock.wall.now
        try await api.store.write { store in
            let person = try #require(try store.person(named: name))
            try store.addSession(
                hash: secret.hash,
                of: person.n,
                expiresAt: now.adding(milliseconds: 90 * 86_400_000),
                limit: 20,
                at: now
            )
        }
        return Browser(api: api, cookie: "gridwork=\(secret.text)")
    }

    func get(_ uri: String) async throws -> Answer {
        try await api.send(.get, uri, as: nil, headers: [.cookie: cookie, .acceptLanguage: language])
    }

    /// Sends a form, and does not follow where the answer leads.
    func submit(_ form: Form, _ changes: [String: String] = [:]) async throws -> Answer {
        let fields = form.fields.merging(changes) { $1 }
        let headers: HTTPFields = [
            .cookie: cookie, .acceptLanguage: language, .contentType: "application/x-www-form-urlencoded",
        ]
        return try await api.send(.post, form.action, as: nil, body: Self.encoded(fields), headers: headers)
    }

    /// Sends a form with files as browsers do, the fields before them.
    func submit(
        _ form: Form,
        _ changes: [String: String] = [:],
        files: [(String, [UInt8])]
    ) async throws -> Answer {
        let boundary = "----gridwork-\(UUID().uuidString)"
        var body: [UInt8] = []
        for (name, value) in form.fields.merging(changes, uniquingKeysWith: { $1 }) {
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
            body += Array("\(head)\(value)\r\n".utf8)
        }
        for (name, bytes) in files {
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"a.jpg\"\r\n"
            body += Array("\(head)Content-Type: image/jpeg\r\n\r\n".utf8) + bytes + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        let headers: HTTPFields = [
            .cookie: cookie, .acceptLanguage: language, .contentType: "multipart/form-data; boundary=\(boundary)",
        ]
        return try await api.send(.post, form.action, as: nil, bytes: body, headers: headers)
    }

    /// Sends the form of a page that is sent to an address ending in a word, and reads the page it leads to.
    func act(_ word: String, on page: String, _ changes: [String: String] = [:]) async throws -> Answer {
        let form = try #require(Self.forms(try await get(page).text).first { $0.action.hasSuffix("/" + word) })
        let answer = try await submit(form, changes)
        #expect(answer.status == 303, "\(answer.text)")
        return try await get(try #require(answer.headers[.location]))
    }

    static func encoded(_ fields: [String: String]) -> String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7f}"))
        return fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }
        .joined(separator: "&")
    }

    /// The forms of a page with their hidden fields.
    static func forms(_ text: String) -> [Form] {
        text.components(separatedBy: "<form ").dropFirst().map { part in
            let form = part.components(separatedBy: "</form>")[0]
            var fields: [String: String] = [:]
            for input in form.components(separatedBy: "<input type=\"hidden\" ").dropFirst() {
                if let name = attribute("name", in: input) { fields[name] = attribute("value", in: input) }
            }
            return Form(action: attribute("action", in: form) ?? "", fields: fields, text: form)
        }
    }

    private static func attribute(_ name: String, in tag: String) -> String? {
        let parts = tag.prefix { $0 != ">" }.components(separatedBy: "\(name)=\"")
        return parts.count > 1 ? parts[1].components(separatedBy: "\"")[0] : nil
    }
}
