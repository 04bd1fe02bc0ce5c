//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// The form that issues an order, with the units it may go to.
struct IssuePage {
    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let planAction = ConsoleAddress.plan
        let posts: [PostLink]
        let actor: String
        let key: String
        /// `new` where nothing was written in the form, `shown` where it is shown again.
        let draft: String
        let title: String
        let orderText: String
        let today: String
        let acceptBy: String
        let acceptByTime: String
        let dueAt: String
        let dueAtTime: String
        let modules: [ChoiceView]
        let priorities: [ChoiceView]
        let targets: [ChoiceView]
        let modes: [ChoiceView]
        let signOffs: [ChoiceView]
        let rollUps: [ChoiceView]
        let units: [UnitView]
    }

    /// A post of hers that may issue, where she has several.
    private struct PostLink: Sendable {
        let postLink: String
        let postName: String
        let isCurrent: Bool
    }

    /// A unit to choose; names as in `unit.mustache`.
    struct UnitView: Sendable {
        let unitCode: String
        let unitName: String
        let isChosen: Bool
        let isOpen: Bool
        let hasParts: Bool
        let parts: [UnitView]

        /// - Parameters:
        ///   - levels: The levels below that are shown.
        ///   - isTop: Whether it is the issuer's own unit, whose parts are shown from the beginning.
        init(
            _ unit: GridModel.Unit,
            _ chosen: Set<String>,
            levels: Range<Int>,
            in organization: Organization,
            isTop: Bool = false
        ) {
            unitCode = unit.code.digits
            unitName = unit.name
            isChosen = chosen.contains(unit.code.digits)
            let below = organization.units(in: unit.code)
            let next = levels.first { level in below.contains { $0.levelIndex == level && $0.code != unit.code } }
            parts =
                next.map { level in
                    below.filter { $0.levelIndex == level }
                        .map { UnitView($0, chosen, levels: level + 1..<levels.upperBound, in: organization) }
                } ?? []
            hasParts = !parts.isEmpty
            isOpen = isTop || parts.contains { $0.isChosen || $0.isOpen }
        }
    }

    /// The posts of somebody that have a level below them to give work to.
    static func issuers(_ access: Access) -> [PostAddress] {
        access.held.filter { post in
            access.organization.unit(of: post).flatMap { access.organization.workLevel(below: $0.levelIndex) } != nil
        }
    }

    /// - Parameters:
    ///   - form: What was written before.
    ///   - key: The key under which it is sent again; nil for a new one.
    func response(
        _ form: OrderForm = OrderForm(),
        key: String? = nil,
        status: HTTPResponse.Status = .ok,
        notice: PageFrame.Notice? = nil
    ) async throws -> Response {
        let (texts, access) = (visit.texts, caller.access)
        let organization = access.organization
        let issuers = Self.issuers(access)
        let wanted = (form.actor ?? visit.query("as")).flatMap { PostAddress($0) }
        guard let actor = wanted.flatMap({ issuers.contains($0) ? $0 : nil }) ?? issuers.first,
            let unit = organization.unit(of: actor), let first = organization.workLevel(below: unit.levelIndex)
        else { throw Problem.notFound("none of your posts has anybody below it to give work to") }
        let below = organization.levels.indices.filter { $0 >= first && organization.levels[$0].receivesWork }
            .map { organization.levels[$0] }
        let chosen = Set(form.scope ?? [])
        let posts = issuers.map { post in
            PostLink(
                postLink: "\(ConsoleAddress.issue)?as=\(post)",
                postName: texts.post(post, in: organization),
                isCurrent: post == actor
            )
        }
        let last = form.to ?? below.last?.role
        let content = Content(
            heading: texts("menu", of: ConsoleSection.issue.rawValue),
            posts: posts.count > 1 ? posts : [],
            actor: "\(actor)",
            key: key ?? UUID().uuidString.lowercased(),
            draft: form.actor == nil ? "new" : "shown",
            title: form.title ?? "",
            orderText: form.body ?? "",
            today: visit.time.today,
            acceptBy: form.acceptBy ?? "",
            acceptByTime: form.acceptByTime ?? "",
            dueAt: form.dueAt ?? "",
            dueAtTime: form.dueAtTime ?? "",
            modules: choices(AffairsModule.self, form.module) { texts("module", of: $0) },
            priorities: choices(Priority.self, form.priority) { texts("priority", of: $0) },
            targets: below.map { ChoiceView(value: $0.role, label: $0.roleTitle, isChosen: $0.role == last) },
            modes: choices(CascadeMode.self, form.mode) { texts("mode", of: $0) },
            signOffs: below.map { level in
                let isChosen = form.signOff?.contains(level.role) ?? false
                return ChoiceView(value: level.role, label: level.roleTitle, isChosen: isChosen)
            },
            rollUps: choices(RollUp.self, form.rollUp) { texts("rollUp", of: $0) },
            units: [
                UnitView(unit, chosen, levels: unit.levelIndex + 1..<first + 1, in: organization, isTop: true)
            ]
        )
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .issue,
            notice: notice,
            status: status,
            here: ConsoleAddress.issue,
            // Whoever writes is not disturbed by news.
            follow: []
        )
        return try await page.response("issue", title: \.heading) { _ in content }
    }

    private func choices<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type,
        _ chosen: String?,
        _ label: (String) -> String
    ) -> [ChoiceView] {
        ChoiceView.all(type, chosen: chosen.flatMap { Value(rawValue: $0) }, label)
    }

    /// Shows the form again with what was written, and which of it is wrong.
    func response(_ form: OrderForm, wrong: Set<OrderField>, status: HTTPResponse.Status) async throws -> Response {
        let texts = visit.texts
        let names = OrderField.allCases.filter(wrong.contains).map { texts("field", of: $0.rawValue) }
        let text =
            names.isEmpty
            ? texts("noticeInvalid")
            : texts("noticeFields", ["fields": names.joined(separator: texts("listSeparator"))])
        return try await response(form, key: form.key, status: status, notice: .bad(text))
    }
}
