//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import Glibc
import GridAPI
import GridRuntime
import GridStore

/// `gridwork person password`.
struct PersonPassword: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Set a person's password; all her sessions end.",
        discussion: "Read from standard input, at a terminal without showing it; or made and printed with --make."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var name: String

    @Flag(help: "Make a password and print it once.")
    var make = false

    func execute(_ context: Context) async throws {
        let (name, make) = (name, make)
        let made = make ? PasswordRule.made() : nil
        try await context.withStore { store in
            let person = try await store.read { try PersonCommand.find(name, in: $0) }
            let password = try made ?? Self.read()
            if let problem = PasswordRule.problem(with: password) { throw CommandFailure.usage(problem) }
            let hash = try await PasswordHasher().hash(password)
            try await store.write { store in
                try store.setPassword(hash, of: person.n)
            }
        }
        try context.output.result(MadePassword(name: name, password: made ?? "")) { result in
            [made == nil ? "Set the password of \(result.name)." : "The password of \(result.name): \(result.password)"]
        }
    }

    /// A line of standard input; a terminal does not show it.
    private static func read() throws -> String {
        var before = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &silent)
            FileHandle.standardError.write(Data("Password: ".utf8))
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSANOW, &before)
                FileHandle.standardError.write(Data("\n".utf8))
            }
        }
        guard let line = readLine(strippingNewline: true) else {
            throw CommandFailure.noInput("no password came on standard input")
        }
        return line
    }
}
