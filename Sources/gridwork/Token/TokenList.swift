//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore
import GridTerminal

/// `gridwork token list`.
struct TokenList: GridworkCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tokens, the newest first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person they speak for; all when not given.")
    var person: String?

    private struct Row: Encodable {
        let number: Int64
        let person: String
        let label: String
        let createdAt: Instant
        let expiresAt: Instant?
        let revokedAt: Instant?

        init(_ token: TokenSummary) {
            number = token.n
            person = token.person
            label = token.label
            createdAt = token.createdAt
            expiresAt = token.expiresAt
            revokedAt = token.revokedAt
        }
    }

    func execute(_ context: Context) async throws {
        let person = person
        let tokens = try await context.withStore { store in try await store.read { try $0.tokens(of: person) } }
        try context.output.result(tokens.map(Row.init)) { rows in
            guard !rows.isEmpty else { return ["No tokens; gridwork token create PERSON makes one."] }
            var table = Table(["NUMBER", "PERSON", "LABEL", "CREATED", "ENDS", "REVOKED"])
            for row in rows {
                table.add([
                    "\(row.number)", row.person, row.label, row.createdAt.local, row.expiresAt.local,
                    row.revokedAt.local,
                ])
            }
            return table.lines
        }
    }
}
