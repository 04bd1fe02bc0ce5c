//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// One item: what is to be done, what can be done with it now, what has happened.
struct ItemPage {
    /// How many lines of the history, and how many legs, are shown.
    static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let back: String
        let backText: String
        let title: String
        let light: LightView?
        let state: String
        let waiting: String?
        let escalated: String?
        let text: String
        let albums: [Album]
        let hasCommands: Bool
        let mainCommands: [CommandView]
        let otherCommands: [CommandView]
        let uploads: [UploadView]
        let hasLegs: Bool
        let legsHeading: String
        let legs: [LegRow]
        let facts: [Fact]
        let history: [Line]
    }

    private struct Album: Sendable {
        let albumHeading: String
        let photos: [PhotoView]
        let papers: [PhotoView]
    }

    private struct LegRow: Sendable {
        let legKind: String
        let legLink: String?
        let legPost: String
        let legState: String
    }

    private struct Fact: Sendable {
        let factName: String
        let factValue: String
    }

    private struct Line: Sendable {
        let event: String
        let time: String
        let isoTime: String
        let actorName: String?
        let lineNote: String?
    }

    /// - Parameters:
    ///   - given: What was sent and not taken.
    ///   - back: The page of the console that led here; nil for what the address says.
    func response(
        _ id: AssignmentID,
        status: HTTPResponse.Status = .ok,
        notice: PageFrame.Notice? = nil,
        given: GivenForm? = nil,
        back: String? = nil
    ) async throws -> Response {
        let console = PageAddress.console(back ?? visit.query(PageAddress.back))
        let content = try await visit.services.store.read { try look(at: id, given, back: console, in: $0) }
        let frame = PageFrame(visit, title: content.title, here: PageAddress.item(id), notice: notice)
        return visit.page("item", content, in: frame, status: status)
    }

    private func look(
        at id: AssignmentID,
        _ given: GivenForm?,
        back console: String?,
        in store: StoreReader
    ) throws -> Content {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let assignment = try access.assignment(id, in: store)
        let order = try store.order(id.order)
        let view = AssignmentView(assignment, title: order?.title, now: time.now)
        let offers = try OfferDesk(access: access, now: time.now, store: store).offers(on: assignment)
        func form(_ offer: Offer) -> CommandView {
            CommandView(
                offer,
                revision: view.revision,
                on: .item,
                time,
                given: given,
                back: console,
                // What was handed in or escalated waits for somebody above.
                isUrgingBelow: offer.actor == view.post && view.state != .submitted && view.state != .escalated
            )
        }
        let first = offers.first
        let others = offers.filter { offer in
            !first.contains { $0.verb == offer.verb && $0.answer == offer.answer }
        }
        let (legs, files) = (try store.legs(of: id), try store.attachments(of: id))
        return Content(
            back: console ?? PageAddress.home,
            backText: console == nil ? texts("back") : texts("backToConsole"),
            title: order?.title ?? texts("untitled", ["order": "\(view.order)"]),
            light: time.light(of: assignment),
            state: texts("state", of: view.state.rawValue),
            waiting: waiting(view),
            escalated: try EscalationText.of(assignment, time, in: store),
            text: order?.body ?? "",
            albums: albums(files, of: id),
            hasCommands: !offers.isEmpty,
            mainCommands: first.map(form),
            otherCommands: others.map(form),
            uploads: uploads(assignment, having: files.count, back: console),
            hasLegs: !legs.isEmpty,
            legsHeading: texts(
                "legs",
                ["done": "\(legs.count { $0.state == .completed })", "total": "\(legs.count)"]
            ),
            legs: try legs.prefix(Self.longest).map { try row($0, in: store) },
            facts: facts(view, order),
            history: try store.history(of: id, limit: Self.longest).compactMap { try line($0, in: store) }
        )
    }

    /// The form that adds photos, while the holder may.
    private func uploads(_ assignment: Assignment, having count: Int, back: String?) -> [UploadView] {
        let actor = assignment.post
        guard caller.access.holds(actor), assignment.refusalToAttach(as: actor, having: count) == nil else { return [] }
        return [UploadView(assignment.id, as: actor, back: back)]
    }

    /// What was attached, the photos from before the work first.
    private func albums(_ lines: [AttachmentLine], of id: AssignmentID) -> [Album] {
        Attachment.Kind.allCases.compactMap { kind in
            let heading = visit.texts("photos", of: kind.rawValue)
            let mine = lines.filter { $0.attachment.kind == kind }
            func show(_ type: StoredFile.MediaType) -> [PhotoView] {
                mine.filter { $0.attachment.file.type == type }.map { PhotoView($0, of: id, visit.time) }
            }
            return mine.isEmpty ? nil : Album(albumHeading: heading, photos: show(.jpeg), papers: show(.pdf))
        }
    }

    private func name(_ post: PostAddress) -> String { visit.texts.post(post, for: caller.access) }

    /// Whom it waits for, where that is somebody else.
    private func waiting(_ view: AssignmentView) -> String? {
        guard !view.state.isFinal else { return nil }
        if let post = view.waitingOn {
            return caller.access.holds(post) ? nil : visit.texts("waitsFor", ["post": name(post)])
        }
        guard view.legs.working > 0 else { return nil }
        return visit.texts("waitsForLegs", ["count": "\(view.legs.working)"])
    }

    private func row(_ leg: Leg, in store: StoreReader) throws -> LegRow {
        LegRow(
            legKind: leg.state.rawValue,
            legLink: try store.assignment(leg.id) == nil ? nil : PageAddress.item(leg.id),
            legPost: name(leg.post),
            legState: visit.texts("state", of: leg.state.rawValue)
        )
    }

    private func facts(_ view: AssignmentView, _ order: WorkOrder?) -> [Fact] {
        let (texts, time) = (visit.texts, visit.time)
        let values: [(String, String?)] = [
            ("factOrder", "\(view.order)"),
            ("factModule", order.map { texts("module", of: $0.module.rawValue) }),
            ("factPriority", order.map { texts("priority", of: $0.priority.rawValue) }),
            ("factIssuer", view.issuer.map(name)),
            ("factHolder", name(view.post)),
            ("factArea", caller.access.organization.unit(view.area)?.name),
            ("factIssuedAt", time.text(view.issuedAt)),
            ("factAcceptBy", view.acceptedAt == nil ? view.acceptBy.map(time.text) : nil),
            ("factDueAt", view.dueAt.map(time.text)),
            ("factRework", view.rework > 0 ? "\(view.rework)" : nil),
        ]
        return values.compactMap { name, value in value.map { Fact(factName: texts(name), factValue: $0) } }
    }

    /// A line of the history; nil for one that says only that nothing was done.
    private func line(_ line: HistoryLine, in store: StoreReader) throws -> Line? {
        guard line.event != .ignored, line.event != .refused else { return nil }
        let texts = visit.texts
        let actor = try line.actor.map { post in
            guard line.isStandIn, let person = line.person else { return name(post) }
            let called = try store.person(named: person)?.calledName(in: caller.access.organization)
            return texts("actedForBy", ["post": name(post), "person": called ?? person])
        }
        return Line(
            event: texts("event", of: line.event.rawValue),
            time: visit.time.text(line.at),
            isoTime: "\(line.at)",
            actorName: actor,
            lineNote: line.note.map(visit.time.note)
        )
    }
}
