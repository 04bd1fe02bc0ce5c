//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridStore

/// `gridwork person enable`.
struct PersonEnable: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a person who was disabled in again; tokens that were not revoked hold again."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var name: String

    func execute(_ context: Context) async throws {
        try await Self.set(isDisabled: false, name, context)
    }

    /// Lets a person do nothing any more, or everything again.
    static func set(isDisabled: Bool, _ name: String, _ context: Context) async throws {
        let person = try await context.withStore { store in
            try await store.write { store in
                try store.setDisabled(isDisabled, of: try PersonCommand.find(name, in: store).n)
                return try PersonCommand.find(name, in: store)
            }
        }
        try context.output.result(PersonView(person)) { person in
            ["\(person.name) is \(person.isDisabled ? "disabled" : "enabled")."]
        }
    }
}
