//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork person invite`.
struct PersonInvite: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Make a link by which a person signs in without a password, and print it with its QR code.",
        discussion: "It holds once and is shown this once; a new one makes those before it void."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var name: String

    @Option(help: "For how many hours it holds.")
    var hours = 24

    private struct Result: Encodable {
        let name: String
        let link: String
        let expiresAt: Instant
    }

    func execute(_ context: Context) async throws {
        guard (1...720).contains(hours) else { throw CommandFailure.usage("--hours takes 1 to 720") }
        guard let base = context.settings.publicURL else {
            throw CommandFailure.usage("http.address is off; set http.publicURL to where people reach the node")
        }
        let name = name
        let secret = Secret()
        let now = WallClock.system.now
        let expiresAt = now.adding(milliseconds: Int64(hours) * 3_600_000)
        try await context.withStore { store in
            try await store.write { store in
                let person = try PersonCommand.find(name, in: store)
                guard !person.isDisabled else {
                    throw CommandFailure.usage("\(name) is disabled; gridwork person enable \(name) comes first")
                }
                try store.saveInvitation(hash: secret.hash, of: person.n, expiresAt: expiresAt, at: now)
            }
        }
        let link = Invitation.link(secret, at: base)
        let picture: QRCode
        do {
            picture = try QRCode(link)
        } catch {
            throw CommandFailure.usage("the link does not fit into a QR code; make http.publicURL shorter")
        }
        try context.output.result(Result(name: name, link: link, expiresAt: expiresAt)) { result in
            picture.lines + [result.link, "It lets \(result.name) in once, until \(result.expiresAt.local)."]
        }
    }
}
