//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime

/// `gridwork agent-credential revoke`.
struct AgentCredentialRevoke: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Remove the RabbitMQ user of a post's agent and its queue; its connections are closed at once."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The post, role@code; it need not exist any more.")
    var post: PostAddress

    private struct Result: Encodable {
        let post: PostAddress
    }

    func execute(_ context: Context) async throws {
        guard try await context.credentials.revoke(post) else {
            throw CommandFailure.notFound("\(post) has no credential; gridwork agent-credential list shows them")
        }
        try context.output.result(Result(post: post)) { ["Revoked the credential of \($0.post)."] }
    }
}
