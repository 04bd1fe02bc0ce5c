//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// What would come of an order, shown before it is issued: who would get it, and how much each has to do already.
struct PlanPage {
    /// How many of those who would get it are named.
    static let longest = 2_000
    /// The form that holds what was written; sent again, it issues the order, or has a table as a file.
    private static let form = Export.Form(id: "order", action: ConsoleAddress.plan)

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let formID = PlanPage.form.id
        let issueAction = ConsoleAddress.issued
        let editAction = ConsoleAddress.issue
        let title: String
        let orderText: String
        let facts: [OrderPage.FactView]
        let total: String
        let levels: TableView
        let recipients: TableView
        let moreText: String?
        let fields: [Field]
        let lists: [Field]
    }

    /// A field of the form that was sent, to be sent again.
    private struct Field: Sendable {
        let fieldName: String
        let fieldValue: String
    }

    func response(_ form: OrderForm, _ plan: OrderDesk.Plan, as actor: PostAddress) async throws -> Response {
        let (texts, time) = (visit.texts, visit.time)
        let posts = plan.plan.levels.flatMap(\.self)
        let content = Content(
            title: plan.plan.order.title,
            orderText: plan.plan.order.body,
            facts: facts(plan.plan.order),
            total: texts("planTotal", ["count": "\(posts.count)"]),
            levels: TableView(levels(plan), time, on: visit, by: Self.form),
            recipients: TableView(recipients(plan, limit: Self.longest), time, on: visit, by: Self.form),
            moreText: posts.count > Self.longest ? texts("planMore", ["count": "\(Self.longest)"]) : nil,
            fields: fields(form, as: actor),
            lists: (form.scope ?? []).map { Field(fieldName: "scope[]", fieldValue: $0) }
                + (form.signOff ?? []).map { Field(fieldName: "signOff[]", fieldValue: $0) }
        )
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .issue,
            here: ConsoleAddress.issue,
            follow: []
        )
        return try await page.response("plan", title: \.title) { _ in content }
    }

    /// What there is to know of the order before it has a number and a time; a limit that was not set is said to be none.
    private func facts(_ order: WorkOrder) -> [OrderPage.FactView] {
        let texts = visit.texts
        let known = OrderPage.facts(order, in: caller.access.organization, visit.time)
        let limits = ["factAcceptBy", "factDueAt"]
        return known.filter { !(limits + ["factOrder", "factIssuedAt"]).contains($0.key) }
            + limits.map { key in
                known.first { $0.key == key }
                    ?? OrderPage.FactView(key: key, factName: texts(key), factValue: texts("noLimit"))
            }
    }

    /// A table of the preview as a file has it; nil where there is none with the name.
    func file(_ plan: OrderDesk.Plan, named name: String) -> DataTable? {
        [levels(plan), recipients(plan, limit: Export.longest)].first { $0.name == name }
    }

    private func fields(_ form: OrderForm, as actor: PostAddress) -> [Field] {
        let values = [
            ("key", form.key), ("actor", "\(actor)"), ("title", form.title), ("body", form.body),
            ("module", form.module), ("priority", form.priority), ("to", form.to), ("mode", form.mode),
            ("rollUp", form.rollUp), ("acceptBy", form.acceptBy), ("acceptByTime", form.acceptByTime),
            ("dueAt", form.dueAt), ("dueAtTime", form.dueAtTime),
        ]
        return values.compactMap { name, value in value.map { Field(fieldName: name, fieldValue: $0) } }
    }

    private func levels(_ plan: OrderDesk.Plan) -> DataTable {
        let (texts, organization) = (visit.texts, caller.access.organization)
        return DataTable(
            name: "levels",
            caption: texts("tablePlanLevels"),
            columns: [
                .init(title: texts("columnRole")), .init(title: texts("columnPosts"), isFigure: true),
                .init(title: texts("columnOpen"), isFigure: true),
            ],
            rows: plan.plan.levels.compactMap { level in
                guard let post = level.first else { return nil }
                return [
                    .text(organization.level(of: post)?.roleTitle ?? post.role), .number(level.count),
                    .number(level.reduce(0) { $0 + (plan.open[$1] ?? 0) }),
                ]
            }
        )
    }

    private func recipients(_ plan: OrderDesk.Plan, limit: Int) -> DataTable {
        let (texts, organization) = (visit.texts, caller.access.organization)
        return DataTable(
            name: "recipients",
            caption: texts("tablePlanRecipients"),
            columns: [
                .init(title: texts("columnRole")), .init(title: texts("columnAbove")),
                .init(title: texts("columnUnit")), .init(title: texts("columnHolder")),
                .init(title: texts("columnOpen"), isFigure: true),
            ],
            rows: plan.plan.levels.flatMap(\.self).prefix(limit).compactMap { post -> [DataTable.Cell]? in
                guard let unit = organization.unit(of: post) else { return nil }
                let above = unit.superior.flatMap { organization.unit(of: $0)?.name } ?? ""
                return [
                    .text(organization.level(of: unit).roleTitle), .text(above), .text(unit.name), .text(unit.holder),
                    .number(plan.open[post] ?? 0),
                ]
            }
        )
    }
}
