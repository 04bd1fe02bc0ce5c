//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel

/// `gridwork organization show`.
struct OrganizationShow: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the organization, or what lies inside a unit, as a tree."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The code of a unit; the whole organization when not given.")
    var code: UnitCode?

    func execute(_ context: Context) async throws {
        let organization = try await context.withStore { try await context.organization(of: $0) }
        guard let area = code ?? organization.top?.code, organization.unit(area) != nil else {
            throw CommandFailure.notFound("there is no unit \(code?.digits ?? "") in the organization")
        }
        let units = Array(organization.units(in: area))
        let top = units.first?.levelIndex ?? 0
        try context.output.result(units.map { UnitView($0, in: organization) }) { _ in
            units.map { unit in
                let level = organization.level(of: unit)
                let indent = String(repeating: "  ", count: unit.levelIndex - top)
                return "\(indent)\(unit.name)  \(level.roleTitle) \(unit.holder)  \(unit.post)"
            }
        }
    }
}
