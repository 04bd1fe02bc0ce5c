//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// What comes from below and waits for a leader: escalations to answer, work to sign off, and who has not answered.
struct BelowPage {
    /// How many rows are shown in all, escalations included.
    private static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let tabs: [TabView]
        let groups: [Group]
    }

    private struct Group: Sendable {
        let groupHeading: String
        let groupText: String?
        let groupCommands: [CommandView]
        let rows: [Row]
    }

    private struct Row: Sendable {
        let rowName: String
        let rowLink: String?
        let rowState: String
        /// How long it has waited.
        let rowWait: String?
        let light: LightView?
        let rowNote: String?
        let rowPending: String?
        let hasPhotos: Bool
        let rowPhotos: [PhotoView]
        let rowCommands: [CommandView]
        let rowDetails: [CommandView]
    }

    /// Whether somebody has anybody below her.
    static func isFor(_ access: Access) -> Bool {
        access.held.contains { access.organization.units(in: $0.code).count > 1 }
    }

    /// How many escalations and pieces of work wait for her.
    static func waiting(_ items: Items, _ access: Access, in store: StoreReader) throws -> Int {
        try escalations(access, in: store).count
            + items.list(.todo).reduce(0) { $0 + $1.assignment.legs.submitted + $1.assignment.legs.returned }
    }

    func response(
        status: HTTPResponse.Status = .ok,
        notice: PageFrame.Notice? = nil,
        given: (AssignmentID, GivenForm)? = nil
    ) async throws -> Response {
        let access = caller.access
        let now = visit.time.now
        let content = try await visit.services.store.read { store -> Content in
            let items = try Items(of: access, at: now, in: store)
            let desk = OfferDesk(access: access, now: now, store: store)
            var left = Self.longest
            var groups: [Group] = []
            let escalations = try Self.escalations(access, in: store).prefix(Self.longest)
            let answered = Set(escalations.map(\.assignment))
            if let group = try escalated(escalations, desk, given) {
                left -= group.rows.count
                groups.append(group)
            }
            for item in items.list(.todo) where left > 0 && item.assignment.legs.total > 0 {
                guard let open = try group(item, except: answered, desk, given, limit: left) else { continue }
                left -= open.rows.count
                groups.append(open)
            }
            return Content(
                heading: visit.texts("tabBelow"),
                tabs: try TabView.all(items, current: nil, access, visit.texts, in: store),
                groups: groups
            )
        }
        let frame = PageFrame(visit, title: content.heading, here: PageAddress.below, notice: notice)
        return visit.page("below", content, in: frame, status: status)
    }

    private static func escalations(_ access: Access, in store: StoreReader) throws -> [Escalation] {
        try access.held.flatMap { try store.escalations(of: $0, openOnly: true, limit: longest) }
    }

    /// The escalations that wait for her answer; nil when there are none.
    private func escalated(
        _ escalations: ArraySlice<Escalation>,
        _ desk: OfferDesk,
        _ given: (AssignmentID, GivenForm)?
    ) throws -> Group? {
        let texts = visit.texts
        let rows = try escalations.map { escalation in
            let offers = try desk.offers(on: escalation.assignment, as: [escalation.superior], among: [.answer])
            let reason = visit.time.note(escalation.reason)
            return try row(
                escalation.assignment,
                escalation.holder,
                state: "belowEscalated",
                note: texts("escalatedText", ["title": escalation.title, "reason": reason]),
                offers,
                given,
                desk
            )
        }
        guard !rows.isEmpty else { return nil }
        return Group(groupHeading: texts("belowEscalations"), groupText: nil, groupCommands: [], rows: rows)
    }

    /// What is open below an item: what waits for her first, then who has not answered; nil when nothing is.
    ///
    /// - Parameter answered: What waits for her answer, which stands above with the answers.
    private func group(
        _ item: InboxItem,
        except answered: Set<AssignmentID>,
        _ desk: OfferDesk,
        _ given: (AssignmentID, GivenForm)?,
        limit: Int
    ) throws -> Group? {
        let texts = visit.texts
        let (assignment, legs) = (item.assignment, try desk.store.legs(of: item.assignment.id))
        let order: [AssignmentState] = [.submitted, .returned, .escalated, .issued, .accepted]
        let open = order.flatMap { state in legs.filter { $0.state == state } }
        let shown = open.filter { !answered.contains($0.id) }
        guard !shown.isEmpty else { return nil }
        let urgeAll = try desk.offers(on: assignment.id, as: [assignment.post], among: [.urge])
        let rows = try shown.prefix(limit).map { leg in
            let offers =
                leg.state == .returned
                ? try desk.offers(onReturned: leg, of: assignment)
                : try desk.offers(on: leg.id, as: [assignment.post], among: [.signOff, .rework, .urge])
            return try row(leg.id, leg.post, state: "state" + leg.state.capitalized, note: nil, offers, given, desk)
        }
        return Group(
            groupHeading: item.title ?? texts("untitled", ["order": "\(assignment.id.order)"]),
            groupText: texts(
                "belowCounts",
                [
                    "open": "\(open.count)", "unanswered": "\(assignment.legs.issued)",
                    "submitted": "\(assignment.legs.submitted)",
                ]
            ),
            groupCommands: shown.count > 1
                ? urgeAll.map {
                    CommandView($0, revision: assignment.revision, on: .below, visit.time, isUrgingBelow: true)
                } : [],
            rows: Array(rows)
        )
    }

    private func waited(since instant: Instant) -> String {
        let (texts, time) = (visit.texts, visit.time)
        return texts("waitedFor", ["span": time.span(time.now.milliseconds - instant.milliseconds)])
    }

    private func row(
        _ id: AssignmentID,
        _ holder: PostAddress,
        state: String,
        note: String?,
        _ offers: [Offer],
        _ given: (AssignmentID, GivenForm)?,
        _ desk: OfferDesk
    ) throws -> Row {
        // Only where this node holds it is there a page to open, and a revision to decide on.
        let known = try desk.store.assignment(id).flatMap { caller.access.sees($0) ? $0 : nil }
        let forms = offers.map {
            CommandView(
                $0,
                revision: known?.revision,
                on: .below,
                visit.time,
                given: given.flatMap { $0.0 == id ? $0.1 : nil },
                name: { visit.texts.post($0, for: caller.access) }
            )
        }
        let lines = try desk.store.attachments(of: id)
            .filter { $0.attachment.file.type == .jpeg }
        // Those of another node may still be on their way.
        let wanted = try lines.count { try desk.store.isWanted($0.attachment.file.hash) }
        let photos = wanted > 0 ? [] : lines.map { PhotoView($0, of: id, visit.time) }
        return Row(
            rowName: visit.texts.post(holder, for: caller.access),
            rowLink: known.map { PageAddress.item($0.id) },
            rowState: visit.texts(state),
            rowWait: known.map { waited(since: $0.updatedAt) },
            light: known.flatMap(visit.time.light),
            rowNote: note,
            rowPending: wanted > 0 ? visit.texts("photosOnTheirWay", ["count": "\(wanted)"]) : nil,
            hasPhotos: !photos.isEmpty,
            rowPhotos: photos,
            rowCommands: forms.filter { $0.noteLabel == nil },
            rowDetails: forms.filter { $0.noteLabel != nil }
        )
    }
}

extension AssignmentState {
    /// The state as the second part of a text's name.
    fileprivate var capitalized: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
