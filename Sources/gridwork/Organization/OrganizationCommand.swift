//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime

/// `gridwork organization`.
struct OrganizationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organization",
        abstract: "Who stands where: levels, units, posts.",
        subcommands: [OrganizationCheck.self, OrganizationApply.self, OrganizationShow.self]
    )

    /// Reads an organization file; every error in it is told at once, with its place.
    static func read(_ path: String) throws -> (bytes: [UInt8], organization: Organization) {
        let bytes = try InputFile.read(path)
        do {
            return (bytes, try OrganizationFile.organization(from: bytes))
        } catch let error as OrganizationError {
            let places = JSONLocator.positions(of: error.findings.map(\.pointer), in: bytes)
            var problem = Failure.Problem(
                type: "https://gridwork.example/problems/bad-organization",
                title: "The organization does not hold",
                detail: "\(path) has \(error.findings.count) error\(error.findings.count == 1 ? "" : "s")"
            )
            problem.findings = error.findings.enumerated().map { index, finding in
                .init(pointer: finding.pointer, line: places?[index].line, message: finding.message)
            }
            throw CommandFailure(failure: Failure(problem, exit: Failure.Exit.data))
        }
    }
}

/// What an organization comes to, in figures.
struct OrganizationSummary: Encodable {
    let name: String
    let posts: Int
    let mailboxes: Int
    /// The number of units of each level, by the level's name.
    let levels: [String: Int]
    /// The version it was applied as.
    var version: Int?

    init(_ organization: Organization, version: Int? = nil) {
        name = organization.name
        posts = organization.units.count
        mailboxes = organization.top.map { organization.mailboxes(in: [$0.code]).count } ?? 0
        levels = Dictionary(grouping: organization.units) { organization.level(of: $0).name }.mapValues(\.count)
        self.version = version
    }

    var line: String {
        let counts = levels.sorted { $0.value < $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return "\(name): \(posts) posts (\(counts)) in \(mailboxes) mailboxes"
    }
}
