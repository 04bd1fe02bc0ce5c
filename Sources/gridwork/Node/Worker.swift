//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridMetrics
import GridModel
import GridRuntime
import ServiceLifecycle

/// `gridwork worker`: more workers for some mailboxes, beside a node on the same machine.
struct Worker: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the mailboxes of some roles and cells, beside a node on the same machine.",
        discussion: "Shares the node's state file. Workers on one mailbox compete for its messages."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The role to serve, as the organization's levels name it; may be repeated. All when not given.")
    var role: [String] = []

    @Option(parsing: .upToNextOption, help: "The cells to serve.")
    var cell: [UnitCode] = []

    @Option(parsing: .upToNextOption, help: "The communities to serve.")
    var community: [UnitCode] = []

    @Flag(help: "Serve all that the node hosts.")
    var all = false

    func validate() throws {
        guard all != !(cell + community).isEmpty else {
            throw ValidationError("Name the cells or communities to serve, or --all.")
        }
    }

    func execute(_ context: Context) async throws {
        let settings = context.settings
        let selection = MailboxSelection(
            areas: all ? settings.hosted.areas : cell + community,
            except: settings.hosted.except,
            roles: Set(role)
        )
        try await context.withStore { store in
            if let organization = try? await context.organization(of: store) {
                try check(organization, selection)
            }
            let configuration = NodeConfiguration(
                broker: settings.broker,
                statePath: settings.statePath,
                mailboxes: selection,
                duties: .worker,
                stopLimit: settings.stopLimit,
                renewsMailboxes: settings.renewsMailboxes,
                traces: settings.traces
            )
            let registry = MetricsRegistry(NodeMetrics.descriptions + TraceMetrics.descriptions)
            func servers(_ node: Node) -> [any Service] {
                guard let address = settings.metrics else { return [] }
                // The node beside it tells of the state file.
                let page = MetricsPage(
                    registry: registry,
                    version: gridworkVersion,
                    health: node.health,
                    node: node,
                    store: nil,
                    logger: context.logger
                )
                return [MetricsServer(at: address, page: page, health: node.health, logger: context.logger)]
            }
            try await Node.run(
                configuration,
                store: store,
                metrics: registry,
                additional: servers,
                logger: context.logger
            )
        }
    }

    private func check(_ organization: Organization, _ selection: MailboxSelection) throws {
        for code in cell + community where organization.unit(code) == nil {
            throw CommandFailure.usage("there is no unit \(code) in the organization")
        }
        for role in role where !organization.levels.contains(where: { $0.role == role }) {
            let roles = organization.levels.map(\.role).joined(separator: ", ")
            throw CommandFailure.usage("there is no role \(role); the organization has \(roles)")
        }
        if selection.mailboxes(in: organization).isEmpty {
            throw CommandFailure.usage("this node hosts nothing of that; see node.except")
        }
    }
}
