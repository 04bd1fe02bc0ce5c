//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import GridModel

/// A state file with the street's organization, served over HTTP by the `gridwork` that was built; there is no broker.
struct ServedOffice: Sendable {
    let street: Street
    private let environment: [String: String]
    private let address: String

    /// What the API answered.
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: String

        /// The cookie that it set, as a browser sends it back.
        var cookie: String { String(headers["set-cookie", default: ""].prefix { $0 != ";" }) }

        /// A session, as the API shows it.
        func session() throws -> Session { try JSONDecoder().decode(Session.self, from: Data(body.utf8)) }
    }

    struct Session: Decodable {
        struct Post: Decodable, Hashable {
            let post: PostAddress
            let standIn: Bool
        }

        let posts: [Post]
    }

    /// Serves for the length of `body`.
    static func with(street: Street = .small, _ body: @Sendable (ServedOffice) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = folder + "/organization.json"
            try Data(try street.file()).write(to: URL(fileURLWithPath: file))
            let environment = ["GRIDWORK_STATE_PATH": folder + "/state.sqlite", "GRIDWORK_HTTP_ADDRESS": "127.0.0.1:0"]
            _ = try await Program.run(Program.gridwork, ["organization", "apply", file], environment: environment)
            let server = try RunningProgram(Program.gridwork, ["serve"], environment: environment, folder: folder)
            defer { server.signal(SIGKILL) }
            try await server.awaits("Serving the HTTP API")
            guard let match = try server.errors().firstMatch(of: #/127\.0\.0\.1:[0-9]+/#) else {
                throw Program.Failed(description: "it does not say where it serves: \(try server.errors())")
            }
            try await body(
                ServedOffice(
                    street: street,
                    environment: environment.merging(["GRIDWORK_HTTP_ADDRESS": String(match.output)]) { $1 },
                    address: "http://\(match.output)"
                )
            )
            server.signal(SIGTERM)
            let status = try await within(.seconds(60), "the server ends") { try await server.end() }
            guard status == 0 else { throw Program.Failed(description: "the server ended with \(status)") }
        }
    }

    /// Runs a command of `gridwork` beside the server.
    @discardableResult
    func gridwork(_ arguments: String..., expecting status: Int32 = 0) async throws -> Program.Result {
        try await Program.run(Program.gridwork, arguments, environment: environment, expecting: status)
    }

    /// The same, with a line on its standard input.
    @discardableResult
    func gridwork(_ arguments: String..., line: String, expecting status: Int32 = 0) async throws -> Program.Result {
        let script = #"printf '%s\n' "$LINE" | "$0" "$@""#
        return try await Program.run(
            "/bin/sh",
            ["-c", script, Program.gridwork] + arguments,
            environment: environment.merging(["LINE": line]) { $1 },
            expecting: status
        )
    }

    /// The same, and reads the JSON it prints.
    func json<Value: Decodable>(_ type: Value.Type, _ arguments: String...) async throws -> Value {
        let result = try await Program.run(Program.gridwork, arguments + ["--json"], environment: environment)
        return try JSONDecoder().decode(type, from: Data(result.output.utf8))
    }

    /// Asks the API; `to` is a path, or an address as a link has it.
    func ask(
        _ method: String = "GET",
        _ uri: String = "/v1/session",
        token: String? = nil,
        cookie: String? = nil,
        json: String? = nil,
        form: String? = nil
    ) async throws -> Answer {
        var arguments = ["--silent", "--include", "--max-time", "60", "--request", method]
        if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
        if let cookie { arguments += ["--cookie", cookie] }
        if let json { arguments += ["--json", json] }
        if let form { arguments += ["--data", form] }
        let url = uri.hasPrefix("/") ? address + uri : uri
        let output = try await Program.run("/usr/bin/curl", arguments + [url]).output
        let parts = output.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n")
        let headers = lines.dropFirst().map { line -> (String, String) in
            let name = line.prefix { $0 != ":" }
            return (name.lowercased(), line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces))
        }
        return Answer(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0,
            headers: Dictionary(headers) { $1 },
            body: parts.count > 1 ? String(parts[1]) : ""
        )
    }

    /// Signs in by name and password.
    func signIn(_ name: String, _ password: String) async throws -> Answer {
        try await ask("POST", "/v1/session", json: #"{"name": "\#(name)", "password": "\#(password)"}"#)
    }
}
