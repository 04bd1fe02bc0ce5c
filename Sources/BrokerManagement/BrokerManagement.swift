//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks the management HTTP API of a RabbitMQ, which is where users and their permissions are made.
///
/// It is a plugin of the broker (`rabbitmq-plugins enable rabbitmq_management`). `rabbitmqctl` could do the same, but only
/// on a machine of the broker, with its Erlang cookie.
package struct BrokerManagement: Sendable {
    /// How long one request may take, in seconds.
    private static let limit: Int64 = 15
    /// The largest answer read, in bytes: the users of several districts.
    private static let maximumAnswer = 64 * 1_048_576

    /// For the whole process, since whoever asks does so a handful of times; it keeps connections, and nothing else.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        // Who asks wants to know that nobody listens.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let address: ManagementAddress

    /// Creates a client.
    package init(_ address: ManagementAddress) {
        self.address = address
    }

    // MARK: Users

    /// All users of the broker.
    package func users() async throws(ManagementError) -> [User] {
        try await read("users?columns=name,tags")
    }

    /// Whether there is a user.
    package func hasUser(_ name: String) async throws(ManagementError) -> Bool {
        try await exists(.GET, "users/\(Self.encode(name))")
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
        try await exists(.DELETE, "users/\(Self.encode(name))")
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

    private struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private func read<Value: Decodable>(_ path: String) async throws(ManagementError) -> Value {
        let answer = try await send(.GET, path)
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
    private func exists(_ method: HTTPMethod, _ path: String) async throws(ManagementError) -> Bool {
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
        let answer = try await send(.PUT, path, Array(bytes))
        guard answer.status == 201 || answer.status == 204 else { throw unexpected(answer, path) }
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: [UInt8]? = nil
    ) async throws(ManagementError) -> Answer {
        var request = HTTPClientRequest(url: address.url(path))
        request.method = method
        let credentials = Data("\(address.username):\(address.password)".utf8).base64EncodedString()
        request.headers.add(name: "Authorization", value: "Basic \(credentials)")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        let answer: Answer
        do {
            let response = try await Self.client.execute(request, timeout: .seconds(Self.limit))
            let bytes = try await response.body.collect(upTo: Self.maximumAnswer)
            answer = Answer(status: Int(response.status.code), body: Array(bytes.readableBytesView))
        } catch {
            throw ManagementError(
                .unreachable,
                "The management API at \(address) does not answer (\(Self.reason(error))); enable the plugin"
                    + " rabbitmq_management on the broker and set amqp.managementURL to where it listens.",
                cause: error
            )
        }
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

    /// What kept a request from being answered; what a library says of it may repeat the address.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where timeouts.contains(error): "it took longer than \(limit) s"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its certificate is not trusted on this machine"
        case let error as NIOConnectionError where error.connectionErrors.isEmpty: "there is no such host"
        case is NIOConnectionError, is IOError: "nobody listens there"
        default: "\(type(of: error))"
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
    ]

    /// A name as one part of a path.
    private static func encode(_ name: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        // Only a text that is no Unicode has no such form, and Swift's strings are Unicode.
        return name.addingPercentEncoding(withAllowedCharacters: plain) ?? name
    }
}
