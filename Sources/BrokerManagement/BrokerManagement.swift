//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import FoundationNetworking

/// Asks the management HTTP API of a RabbitMQ, which is where users and their permissions are made.
///
/// It is a plugin of the broker (`rabbitmq-plugins enable rabbitmq_management`). `rabbitmqctl` could do the same, but only
/// on a machine of the broker, with its Erlang cookie. A handful of requests, one after the other, are no reason for another
/// HTTP client than Foundation's.
package struct BrokerManagement: Sendable {
    /// How long one request may take, in seconds.
    private static let limit: TimeInterval = 15

    private let address: ManagementAddress
    private let session: URLSession

    /// Creates a client.
    package init(_ address: ManagementAddress) {
        self.address = address
        // Nothing is kept: no cookies, no answers, no credentials.
        session = URLSession(configuration: .ephemeral, delegate: ChallengeRefusal(), delegateQueue: nil)
    }

    // MARK: Users

    /// All users of the broker.
    package func users() async throws(ManagementError) -> [User] {
        try await read("users?columns=name,tags")
    }

    /// Whether there is a user.
    package func hasUser(_ name: String) async throws(ManagementError) -> Bool {
        try await exists(.get, "users/\(Self.encode(name))")
    }

    /// Makes a user, or changes one that is there.
    package func putUser(_ name: String, password: String, tags: [String]) async throws(ManagementError) {
        struct Body: Encodable {
            let password: String
            let tags: String
        }
        try await write("users/\(Self.encode(name))", Body(password: password, tags: tags.joined(separator: ",")))
    }

    /// Removes a user, whose connections the broker then closes.
    ///
    /// - Returns: Whether there was one.
    package func deleteUser(_ name: String) async throws(ManagementError) -> Bool {
        try await exists(.delete, "users/\(Self.encode(name))")
    }

    /// Limits what a user may have at a time.
    package func putLimit(_ limit: UserLimit, _ value: Int, of user: String) async throws(ManagementError) {
        struct Body: Encodable {
            let value: Int
        }
        try await write("user-limits/\(Self.encode(user))/\(limit.rawValue)", Body(value: value))
    }

    // MARK: Permissions

    /// All permissions in a vhost.
    package func permissions(in vhost: String) async throws(ManagementError) -> [Permission] {
        try await read("vhosts/\(Self.encode(vhost))/permissions")
    }

    /// All topic permissions in a vhost.
    package func topicPermissions(in vhost: String) async throws(ManagementError) -> [TopicPermission] {
        try await read("vhosts/\(Self.encode(vhost))/topic-permissions")
    }

    /// Sets what a user may do in a vhost.
    package func put(_ permission: Permission, in vhost: String) async throws(ManagementError) {
        try await write("permissions/\(Self.encode(vhost))/\(Self.encode(permission.user))", permission)
    }

    /// Sets what a user may do on a topic exchange.
    package func put(_ permission: TopicPermission, in vhost: String) async throws(ManagementError) {
        try await write("topic-permissions/\(Self.encode(vhost))/\(Self.encode(permission.user))", permission)
    }

    // MARK: Inside

    private enum Method: String {
        case get = "GET"
        case put = "PUT"
        case delete = "DELETE"
    }

    private struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private func read<Value: Decodable>(_ path: String) async throws(ManagementError) -> Value {
        let answer = try await send(.get, path)
        do {
            guard answer.status == 200 else { throw unexpected(answer, path) }
            return try JSONDecoder().decode(Value.self, from: Data(answer.body))
        } catch let error as ManagementError {
            throw error
        } catch {
            throw unexpected(answer, path, cause: error)
        }
    }

    /// Whether there was what a request was about.
    private func exists(_ method: Method, _ path: String) async throws(ManagementError) -> Bool {
        let answer = try await send(method, path)
        switch answer.status {
        case 200, 204: return true
        case 404: return false
        default: throw unexpected(answer, path)
        }
    }

    private func write(_ path: String, _ body: some Encodable) async throws(ManagementError) {
        let bytes: Data
        do {
            bytes = try JSONEncoder().encode(body)
        } catch {
            preconditionFailure("Cannot fail to write texts and numbers as JSON")
        }
        let answer = try await send(.put, path, Array(bytes))
        guard answer.status == 201 || answer.status == 204 else { throw unexpected(answer, path) }
    }

    private func send(
        _ method: Method,
        _ path: String,
        _ body: [UInt8]? = nil
    ) async throws(ManagementError) -> Answer {
        guard let url = URL(string: address.url(path)) else {
            throw ManagementError(.invalidURL, "Cannot make an address of \(address) and \(path).")
        }
        var request = URLRequest(url: url, timeoutInterval: Self.limit)
        request.httpMethod = method.rawValue
        let credentials = Data("\(address.username):\(address.password)".utf8).base64EncodedString()
        request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body)
        }
        let answer: Answer
        do {
            let (data, response) = try await session.data(for: request)
            answer = Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: Array(data))
        } catch let error as URLError where error.code == .cancelled && !Task.isCancelled {
            throw refused(401)
        } catch {
            throw ManagementError(
                .unreachable,
                "The management API at \(address) does not answer (\(Self.reason(error))); enable the plugin"
                    + " rabbitmq_management on the broker and set amqp.managementURL to where it listens.",
                cause: error
            )
        }
        // 401 comes without a challenge where the password is right and the user may not manage.
        if answer.status == 401 || answer.status == 403 { throw refused(answer.status) }
        return answer
    }

    private func refused(_ status: Int) -> ManagementError {
        ManagementError(
            .notAllowed,
            "The management API at \(address) refuses its user (\(status)); give amqp.managementURL a user"
                + " with the tag administrator and the right password."
        )
    }

    private func unexpected(_ answer: Answer, _ path: String, cause: (any Error)? = nil) -> ManagementError {
        // RabbitMQ says why in a few words; a body of its users' names and patterns holds no secret.
        let reason = String(decoding: answer.body.prefix(300), as: UTF8.self)
        return ManagementError(
            .unexpectedAnswer,
            "The management API at \(address) answered \(answer.status) about \(path): \(reason)",
            cause: cause
        )
    }

    /// What kept a request from being answered; a description of Foundation's may repeat the address.
    private static func reason(_ error: any Error) -> String {
        switch (error as? URLError)?.code {
        case .timedOut?: "it took longer than \(Int(limit)) s"
        case .cannotConnectToHost?: "nobody listens there"
        case .cannotFindHost?: "there is no such host"
        case .secureConnectionFailed?, .serverCertificateUntrusted?: "its certificate is not trusted on this machine"
        case let code?: "URL error \(code.rawValue)"
        case nil: "\(type(of: error))"
        }
    }

    /// A name as one part of a path.
    private static func encode(_ name: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        // Only a text that is no Unicode has no such form, and Swift's strings are Unicode.
        return name.addingPercentEncoding(withAllowedCharacters: plain) ?? name
    }
}
