//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore
import GridTerminal

/// `gridwork person list`.
struct PersonList: GridworkCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the people.")

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let people = try await context.withStore { store in try await store.read { try $0.people() } }
        try context.output.result(people.map(PersonView.init)) { people in
            guard !people.isEmpty else {
                return ["Nobody yet; gridwork person add NAME --post role@code adds somebody."]
            }
            var table = Table(["NAME", "SIGNS IN", "POSTS"])
            for person in people {
                table.add([
                    person.name, person.isDisabled ? "disabled" : person.hasPassword ? "by password" : "by token",
                    person.posts.map(\.description).joined(separator: " "),
                ])
            }
            return table.lines
        }
    }
}
