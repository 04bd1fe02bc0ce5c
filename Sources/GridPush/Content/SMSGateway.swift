//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// How the office's gateway for short messages is asked: a template of an HTTP request, read from a file.
///
/// `{phone}` and `{text}` stand in the address and in the body for what is sent: percent-encoded in the address and in a
/// body of `application/x-www-form-urlencoded`, as the inside of a JSON string in one of `application/json`, and as they are
/// in any other. Headers hold the gateway's credentials and no places.
package struct SMSGateway: Sendable {
    /// The largest file read, in bytes.
    static let maximumSize = 16_384

    /// What is wrong with a gateway's file, in a sentence that holds nothing of it.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Template: Decodable {
        let url: String
        let method: String?
        let headers: [String: String]?
        let body: String?
        let success: String?
    }

    private enum Escape {
        case percent, json, none
    }

    private let url: String
    private let method: String
    private let headers: [(name: String, value: String)]
    private let body: String
    private let escape: Escape
    /// What the gateway's answer has in it when it took a message; nil where its status says so.
    let success: String?

    /// Reads a gateway's file.
    ///
    /// - Throws: `Unusable`.
    package init(path: String) throws(Unusable) {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.maximumSize else {
            throw Unusable(description: "\(path) cannot be read, or is larger than \(Self.maximumSize) bytes")
        }
        do {
            try self.init(json: Array(data))
        } catch {
            throw Unusable(description: "\(path): \(error.description)")
        }
    }

    /// Reads a gateway.
    ///
    /// - Throws: `Unusable`.
    package init(json: [UInt8]) throws(Unusable) {
        guard let template = try? JSONDecoder().decode(Template.self, from: Data(json)) else {
            throw Unusable(description: "it has to be a JSON object of url, method, headers, body and success")
        }
        guard PushAddress.isURL(template.url.replacing("{phone}", with: "1").replacing("{text}", with: "1")) else {
            throw Unusable(description: "url has to be an address by https or http")
        }
        guard [template.url, template.body ?? ""].joined().contains("{phone}"),
            [template.url, template.body ?? ""].joined().contains("{text}")
        else { throw Unusable(description: "{phone} and {text} have to stand in url or body") }
        method = template.method ?? "POST"
        guard ["GET", "POST", "PUT"].contains(method) else {
            throw Unusable(description: "method has to be GET, POST or PUT")
        }
        headers = (template.headers ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        guard headers.allSatisfy({ Self.isHeader($0.name, $0.value) }) else {
            throw Unusable(description: "headers have to be names and values of printable ASCII characters")
        }
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        escape =
            type.hasPrefix("application/json")
            ? .json : type.hasPrefix("application/x-www-form-urlencoded") ? .percent : .none
        url = template.url
        body = template.body ?? ""
        success = template.success
    }

    /// The request that sends a text to a telephone.
    func request(to phone: String, _ text: String) -> PushRequest {
        PushRequest(
            url: Self.fill(url, phone, text, Self.percent),
            method: method,
            headers: headers,
            body: Array(Self.fill(body, phone, text, escaped).utf8)
        )
    }

    private func escaped(_ value: String) -> String {
        switch escape {
        case .percent: Self.percent(value)
        case .json: Self.json(value)
        case .none: value
        }
    }

    /// Puts in both values in one pass: a text that says `{phone}` stays as it is.
    private static func fill(
        _ template: String,
        _ phone: String,
        _ text: String,
        _ escape: (String) -> String
    ) -> String {
        template.split(separator: "{phone}", omittingEmptySubsequences: false)
            .map { $0.replacing("{text}", with: escape(text)) }
            .joined(separator: escape(phone))
    }

    private static func percent(_ value: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        // Only a text that is no Unicode has no such form, and Swift's strings are Unicode.
        return value.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }

    private static func json(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isHeader(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x3a }
            && value.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}
