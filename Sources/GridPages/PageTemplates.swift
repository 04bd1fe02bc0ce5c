//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Mustache

/// The pages' templates. What they show is escaped unless a template says otherwise, and none does.
package struct PageTemplates: Sendable {
    /// The templates of this program.
    package static let standard = PageTemplates()

    /// The templates as they are written.
    package static let sources: [String: String] = [
        "layout": PackageResources.layout_mustache,
        "tabs": PackageResources.tabs_mustache,
        "light": PackageResources.light_mustache,
        "command": PackageResources.command_mustache,
        "upload": PackageResources.upload_mustache,
        "photo": PackageResources.photo_mustache,
        "photoPage": PackageResources.photoPage_mustache,
        "message": PackageResources.message_mustache,
        "signIn": PackageResources.signIn_mustache,
        "invitation": PackageResources.invitation_mustache,
        "list": PackageResources.list_mustache,
        "item": PackageResources.item_mustache,
        "below": PackageResources.below_mustache,
        "console": PackageResources.console_mustache,
        "table": PackageResources.table_mustache,
        "exports": PackageResources.exports_mustache,
        "orders": PackageResources.orders_mustache,
        "order": PackageResources.order_mustache,
        "node": PackageResources.node_mustache,
        "issue": PackageResources.issue_mustache,
        "unit": PackageResources.unit_mustache,
        "plan": PackageResources.plan_mustache,
        "escalations": PackageResources.escalations_mustache,
        "inviting": PackageResources.inviting_mustache,
        "invitationSheet": PackageResources.invitationSheet_mustache,
        "late": PackageResources.late_mustache,
        "statistics": PackageResources.statistics_mustache,
        "operations": PackageResources.operations_mustache,
        "slip": PackageResources.slip_mustache,
    ]
    .mapValues { String(decoding: $0, as: UTF8.self) }

    private let library: MustacheLibrary

    private init() {
        do {
            library = MustacheLibrary(templates: try Self.sources.mapValues { try MustacheTemplate(string: $0) })
        } catch {
            preconditionFailure("Cannot read a template: \(error)")
        }
    }

    /// Renders a page: `frame` is what every page has, `content` what this one shows.
    package func render(
        _ name: String,
        in catalogue: Catalogue,
        frame: some Sendable,
        content: some Sendable
    ) -> String {
        let view: [String: any Sendable] = ["t": catalogue, "frame": frame, "content": content]
        guard let text = library.render(view, withTemplate: name) else {
            preconditionFailure("Cannot find the template \(name)")
        }
        return text
    }
}
