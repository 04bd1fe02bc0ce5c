//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore

/// What `gridwork agent-credential create --json` prints.
struct PrintedCredential: Decodable, Sendable {
    let user: String
    let password: String
    let queue: String
    let url: String
}

extension Chain {
    /// Where the management API of the chain's broker answers.
    func managementURL() async throws -> String {
        try await TestBroker.script(["management-url", server.directory])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs `gridwork agent-credential`.
    func credential(_ arguments: [String], expecting status: Int32 = 0) async throws -> Program.Result {
        try await gridwork(
            ["agent-credential"] + arguments,
            environment: ["GRIDWORK_AMQP_MANAGEMENT_URL": try await managementURL()],
            expecting: status
        )
    }

    /// Makes the credential of a post, in place of one that a test which was killed has left.
    func makeCredential(of post: PostAddress) async throws -> PrintedCredential {
        let result = try await credential(["create", "--renew", "--json", post.text])
        return try JSONDecoder().decode(PrintedCredential.self, from: Data(result.output.utf8))
    }

    /// Runs `body` with the credentials of posts, which are revoked afterwards.
    func withCredentials(
        of posts: [PostAddress],
        _ body: @escaping @Sendable ([PrintedCredential]) async throws -> Void
    ) async throws {
        try await finally {
            var credentials: [PrintedCredential] = []
            for post in posts { credentials.append(try await makeCredential(of: post)) }
            try await body(credentials)
        } then: {
            for post in posts {
                let result = try await gridwork(
                    ["agent-credential", "revoke", post.text],
                    environment: ["GRIDWORK_AMQP_MANAGEMENT_URL": try await managementURL()],
                    expecting: nil
                )
                // 66: the body has revoked it.
                guard [0, 66].contains(result.status) else { throw Program.Failed(description: result.errors) }
            }
        }
    }

    /// Publishes messages by a credential, all of them confirmed.
    func publish(_ messages: [AMQPMessage], by credential: PrintedCredential) async throws {
        try await AMQPConnection.withConnection(AMQPConfiguration(url: credential.url), logger: logger) { connection in
            try await connection.withChannel { try await $0.publishAll(messages) }
        }
    }

    /// The name of a post's mailbox.
    func mailbox(of post: PostAddress) throws -> String {
        try prefix(of: post).split(separator: ".").dropLast().joined(separator: ".")
    }

    /// Waits until every mailbox is empty and nothing waits to be sent.
    func awaitQuiet() async throws {
        try await poll("the mailboxes are empty") {
            let waiting = try await waitingMessages().filter { $0.key != ExchangeName.dead }
            return waiting.isEmpty
        }
        try await store.eventually("the outbox is empty") { try $0.outboxStatus().count == 0 }
    }
}
