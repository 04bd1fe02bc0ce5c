//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridStore

/// `gridwork token revoke`.
struct TokenRevoke: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token; it holds no more from the next request on."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The token's number, as gridwork token list shows it.")
    var number: Int64

    private struct Result: Encodable {
        let number: Int64
    }

    func execute(_ context: Context) async throws {
        let number = number
        let isRevoked = try await context.withStore { store in
            try await store.write { try $0.revokeToken(number, at: WallClock.system.now) }
        }
        guard isRevoked else {
            throw CommandFailure.notFound("there is no token \(number) that holds; gridwork token list shows them")
        }
        try context.output.result(Result(number: number)) { ["Revoked token \($0.number)."] }
    }
}
