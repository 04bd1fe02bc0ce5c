//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork token create`.
struct TokenCreate: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it; it is shown this once and kept as a hash only."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person it speaks for.")
    var person: String

    @Option(help: "What it is for, so that it can be told from others.")
    var label = ""

    @Option(help: "After how many days it ends; it holds until revoked when not given.")
    var days: Int?

    private struct Result: Encodable {
        let number: Int64
        let token: String
        let expiresAt: Instant?
    }

    func execute(_ context: Context) async throws {
        guard label.count <= 100 else { throw CommandFailure.usage("--label takes up to 100 characters") }
        if let days, !(1...3_660).contains(days) { throw CommandFailure.usage("--days takes 1 to 3660") }
        let (name, label) = (person, label)
        let secret = Secret()
        let now = WallClock.system.now
        let expiresAt = days.map { now.adding(milliseconds: Int64($0) * 86_400_000) }
        let number = try await context.withStore { store in
            try await store.write { store in
                try store.addToken(
                    hash: secret.hash,
                    label: label,
                    of: try PersonCommand.find(name, in: store).n,
                    expiresAt: expiresAt,
                    at: now
                )
            }
        }
        let result = Result(number: number, token: BearerToken.text(secret), expiresAt: expiresAt)
        try context.output.result(result) { [$0.token] }
    }
}
