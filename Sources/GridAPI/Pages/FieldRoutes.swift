//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// The pages for the field: items, their commands, and what comes from below.
struct FieldRoutes {
    /// The commands that pages for the field have forms for.
    private static let verbs = OfferDesk.verbs + OfferDesk.verbsForReturned

    /// What the address says after photos were added.
    private static let photosDone = "photos"

    let services: APIServices

    func add(to router: PageRouter) {
        router.get(PageAddress.home) { visit, caller in
            let tab = visit.query("tab").flatMap { ItemTab(rawValue: $0) } ?? .todo
            return try await ItemListPage(visit: visit, caller: caller).response(tab, notice: Self.done(visit))
        }
        router.get(PageAddress.below) { visit, caller in
            try await BelowPage(visit: visit, caller: caller).response(notice: Self.done(visit))
        }
        router.get("\(PageAddress.home)/items/:assignment") { visit, caller in
            let id = try Self.assignment(visit)
            return try await ItemPage(visit: visit, caller: caller).response(id, notice: Self.done(visit))
        }
        router.get("\(PageAddress.home)/items/:assignment/photos/:file") { visit, caller in
            guard let hash = visit.context.parameters.get("file").flatMap({ FileHash($0) }) else {
                throw Problem.notFound("there is no such photo")
            }
            return try await PhotoPage(visit: visit, caller: caller).response(try Self.assignment(visit), hash)
        }
        router.post(
            "\(PageAddress.home)/items/:assignment/photos",
            within: services.configuration.uploadLimit
        ) { visit, caller in
            try await addPhotos(visit, caller)
        }
        for verb in Self.verbs {
            let limit = verb == .complete ? services.configuration.uploadLimit : nil
            router.post("\(PageAddress.home)/items/:assignment/\(verb.pathWord)", within: limit) { visit, caller in
                try await perform(verb, visit, caller)
            }
        }
    }

    private static func assignment(_ visit: PageVisit) throws -> AssignmentID {
        guard let id = visit.context.parameters.get("assignment").flatMap({ AssignmentID($0) }) else {
            throw Problem.notFound("there is no such assignment")
        }
        return id
    }

    /// What the command before this page did.
    private static func done(_ visit: PageVisit) -> PageFrame.Notice? {
        if visit.query("did") == photosDone { return .good(visit.texts("photosAdded")) }
        guard let verb = visit.query("did").flatMap({ CommandVerb(rawValue: $0) }), verbs.contains(verb)
        else {
            return nil
        }
        return .good(visit.texts("done", of: verb.rawValue))
    }

    /// Carries out a command and sends the browser to the page it came from, so that loading it again does nothing.
    private func perform(_ verb: CommandVerb, _ visit: PageVisit, _ caller: Caller) async throws -> Response {
        let id = try Self.assignment(visit)
        let upload = try await received(verb, id, visit, caller)
        let form = upload.form
        let place = form.from.flatMap { CommandView.Place(rawValue: $0) } ?? .item
        do {
            let actor = try caller.access.actor(named: form.actor.flatMap { PostAddress($0) })
            if upload.isTooLarge { throw Problem.fileTooLarge }
            do {
                try await attach(upload.photos, to: id, as: actor, caller)
            } catch let refusal as Refusal where [.wrongState, .alreadyFinal].contains(refusal.reason) {
                // The command tells: it was carried out before, or is refused.
            }
            _ = try await AssignmentDesk(services: services).perform(
                verb,
                on: id,
                as: actor,
                body: try form.body(for: verb, in: services.configuration.zone),
                terms: form.terms,
                access: caller.access
            )
        } catch {
            return try await answer(error, to: form, verb, id, place, visit, caller)
        }
        let did = "did=\(verb.rawValue)"
        switch place {
        case .list: return .seeOther("\(PageAddress.home)?\(did)")
        case .below: return .seeOther("\(PageAddress.below)?\(did)")
        case .item: return Self.item(id, from: form.back, did)
        }
    }

    /// Adds photos by themselves, when they are taken.
    private func addPhotos(_ visit: PageVisit, _ caller: Caller) async throws -> Response {
        let id = try Self.assignment(visit)
        _ = try await services.store.read { try caller.access.assignment(id, in: $0) }
        let upload = try await PageUpload.read(visit)
        let form = upload.form
        do {
            let actor = try caller.access.actor(named: form.actor.flatMap { PostAddress($0) })
            if upload.isTooLarge { throw Problem.fileTooLarge }
            guard !upload.photos.isEmpty else { throw Refusal(.invalid, "there is no photo") }
            try await attach(upload.photos, to: id, as: actor, caller)
        } catch {
            guard let text = Self.notice(error), let problem = Problem.of(error) else { throw error }
            return try await ItemPage(visit: visit, caller: caller)
                .response(id, status: problem.status, notice: .bad(visit.texts(text)), back: form.back)
        }
        return Self.item(id, from: form.back, "did=\(Self.photosDone)")
    }

    /// Sends the browser to an item's page, which tells what was done and keeps its way back.
    private static func item(_ id: AssignmentID, from back: String?, _ did: String) -> Response {
        let address = PageAddress.item(id, from: PageAddress.console(back))
        return .seeOther(address + (address.contains("?") ? "&" : "?") + did)
    }

    /// Reads a form; photos come with the one that completes.
    private func received(
        _ verb: CommandVerb,
        _ id: AssignmentID,
        _ visit: PageVisit,
        _ caller: Caller
    ) async throws -> PageUpload {
        guard verb == .complete, PageUpload.isSent(by: visit.request) else {
            return PageUpload(form: try await PageForm.read(visit), photos: [])
        }
        // Whoever does not see the assignment has nothing written for her.
        _ = try await services.store.read { try caller.access.assignment(id, in: $0) }
        return try await PageUpload.read(visit)
    }

    /// Attaches photos.
    private func attach(
        _ photos: [PageUpload.Photo],
        to id: AssignmentID,
        as actor: PostAddress,
        _ caller: Caller
    ) async throws {
        let desk = AttachmentDesk(services: services)
        for photo in photos {
            do {
                _ = try await desk.attach(photo.draft, as: photo.kind, to: id, as: actor, access: caller.access)
            } catch let refusal as Refusal where refusal.reason == .invalid {
                throw Problem.tooManyFiles
            }
        }
    }

    /// Shows the present state with what was typed, where the rules did not take it.
    private func answer(
        _ error: any Error,
        to form: PageForm,
        _ verb: CommandVerb,
        _ id: AssignmentID,
        _ place: CommandView.Place,
        _ visit: PageVisit,
        _ caller: Caller
    ) async throws -> Response {
        guard let text = Self.notice(error), let problem = Problem.of(error) else { throw error }
        let notice = PageFrame.Notice.bad(visit.texts(text))
        let given = GivenForm(
            verb: verb,
            answer: verb == .answer ? form.answer.flatMap { AnswerKind(rawValue: $0) } : nil,
            note: form.writtenNote
        )
        if place == .below {
            return try await BelowPage(visit: visit, caller: caller)
                .response(status: problem.status, notice: notice, given: (id, given))
        }
        return try await ItemPage(visit: visit, caller: caller)
            .response(id, status: problem.status, notice: notice, given: given, back: form.back)
    }

    /// The text for what somebody can mend by looking; nil for other errors.
    static func notice(_ error: any Error) -> String? {
        switch error {
        case is LocalDesk.Changed: "noticeChanged"
        case is LocalDesk.KeyReused: "noticeReused"
        case let refusal as Refusal: refusal.reason == .invalid ? "noticeInvalid" : "noticeRefused"
        case let error as StoreError: error.code == .full ? "noticePhotosFull" : nil
        case is PhotoConverter.Failure: "noticePhotos"
        case let problem as Problem: problem.isAboutFile ? "noticePhotos" : nil
        default: nil
        }
    }
}
