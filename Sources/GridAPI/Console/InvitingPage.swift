//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird
import Logging

/// Where an office invites those who hold the posts below hers to sign in, one by one or all of a unit on a sheet.
struct InvitingPage {
    /// How many posts are on a page, and how many invitations on a sheet.
    static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let action = ConsoleAddress.invitations
        let unit: String
        let unitName: String
        let isWhole: Bool
        let allLabel: String
        let moreText: String
        let aboveLinks: [UnitLink]
        let partLinks: [UnitLink]
        let posts: [PostRow]
    }

    private struct UnitLink: Sendable {
        let unitLink: String
        let unitText: String
    }

    private struct PostRow: Sendable {
        let postAddress: String
        let postName: String
    }

    private struct Sheet: Sendable {
        let heading: String
        let back: String
        let isEmpty: Bool
        let sheetHint: String
        let cards: [Card]
    }

    /// An invitation on paper; names as in `invitationSheet.mustache`.
    private struct Card: Sendable {
        let cardName: String
        let cardUntil: String
        let codeSize: Int
        let codePath: String
    }

    /// What a form of the page sends.
    private struct InvitationForm: Decodable {
        let csrf: String?
        let unit: String?
        let post: String?
    }

    /// Whether somebody has anybody to invite.
    static func isFor(_ access: Access) -> Bool {
        access.invitingPosts.contains { access.organization.units(in: $0.code).count > 1 }
    }

    func response() async throws -> Response {
        let (texts, access) = (visit.texts, caller.access)
        let unit = try unit(visit.query("in"))
        let posts = access.invitedPosts(in: unit.code)
        let organization = access.organization
        let within = organization.units(in: unit.code)
        let next = within.filter { $0.code != unit.code }.map(\.levelIndex).min()
        let parts = within.filter { $0.levelIndex == next && !access.invitedPosts(in: $0.code).isEmpty }
        func link(_ unit: GridModel.Unit) -> UnitLink {
            UnitLink(unitLink: "\(ConsoleAddress.invitations)?in=\(unit.code)", unitText: unit.name)
        }
        let above = organization.levels.map(\.codeLength).filter { $0 < unit.code.length }
            .compactMap { unit.code.prefix($0).flatMap { organization.unit($0) } }
            .filter { !access.invitedPosts(in: $0.code).isEmpty && access.sees($0.code) }
        let content = Content(
            heading: texts("menu", of: ConsoleSection.invitations.rawValue),
            unit: unit.code.digits,
            unitName: unit.name,
            isWhole: posts.count <= Self.longest,
            allLabel: texts("inviteAll", ["count": "\(posts.count)"]),
            moreText: texts("inviteMore", ["count": "\(posts.count)"]),
            aboveLinks: above.map(link),
            // The lowest units have one post each, which is in the list.
            partLinks: parts.contains { access.invitedPosts(in: $0.code).count > 1 } ? parts.map(link) : [],
            posts: posts.prefix(Self.longest).map {
                PostRow(postAddress: $0.text, postName: texts.post($0, for: access))
            }
        )
        let page = ConsolePage(visit: visit, caller: caller, section: .invitations, follow: [])
        return try await page.response("inviting", title: \.heading) { _ in content }
    }

    /// Makes the invitations that are asked for, and shows them this once.
    func invite() async throws -> Response {
        let form = try await PageForm.decode(InvitationForm.self, visit.request, upTo: 4_096)
        try PageForm.check(form.csrf, visit)
        let access = caller.access
        let unit = try unit(form.unit)
        var posts = access.invitedPosts(in: unit.code)
        if let wanted = form.post { posts = posts.filter { $0.text == wanted } }
        guard !posts.isEmpty, posts.count <= Self.longest else {
            throw Problem.notFound("there are no such posts below hers, or more than go on a sheet")
        }
        let desk = InvitationDesk(access: access, now: visit.time.now)
        let made = try await visit.services.store.write { [posts] in try desk.invite(to: posts, in: $0) }
        for invitation in made {
            let metadata: Logger.Metadata = [
                LogKey.person: "\(access.person.n)", LogKey.invited: "\(invitation.person)",
            ]
            visit.context.logger.notice("Somebody was invited", metadata: metadata)
        }
        let sheet = Sheet(
            heading: visit.texts("invitationSheet"),
            back: "\(ConsoleAddress.invitations)?in=\(unit.code)",
            isEmpty: made.isEmpty,
            sheetHint: visit.texts("invitationSheetHint", ["count": "\(made.count)", "total": "\(posts.count)"]),
            cards: try made.map(card)
        )
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .invitations,
            here: ConsoleAddress.invitations,
            follow: []
        )
        return try await page.response("invitationSheet", title: \.heading) { _ in sheet }
    }

    private func card(_ made: InvitationDesk.Made) throws -> Card {
        let code = try QRCode(Invitation.link(made.secret, at: base))
        let until = visit.time.now.adding(milliseconds: InvitationDesk.lifetimeMilliseconds)
        return Card(
            cardName: visit.texts.post(made.post, for: caller.access),
            cardUntil: visit.texts("invitationUntil", ["time": visit.time.text(until)]),
            codeSize: code.size,
            codePath: code.path
        )
    }

    /// Where people reach the node: as was configured, and otherwise as she does.
    private var base: String {
        let configuration = visit.services.configuration
        let authority = visit.request.head.authority ?? "\(configuration.host):\(configuration.port)"
        return configuration.publicURL ?? (configuration.isSecure ? "https://" : "http://") + authority
    }

    /// The unit that is asked for; the first of hers where none is.
    private func unit(_ digits: String?) throws -> GridModel.Unit {
        let access = caller.access
        let code = digits.map { UnitCode($0) } ?? access.invitingPosts.first?.code
        guard let code, let unit = access.organization.unit(code), !access.invitedPosts(in: code).isEmpty,
            access.sees(code)
        else { throw Problem.notFound("there is no such unit below an office of hers") }
        return unit
    }
}
