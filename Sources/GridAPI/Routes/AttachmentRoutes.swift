//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import HTTPTypes
import Hummingbird

/// The attachments of an assignment.
struct AttachmentRoutes {
    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("assignments/:assignment/attachments", list)
        routes.get("assignments/:assignment/attachments/:file", show)
        CallerRoutes(group: routes.group, limit: services.configuration.uploadLimit)
            .post("assignments/:assignment/attachments", attach)
    }

    private func list(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let id = try context.assignmentID()
        let lines = try await services.store.read { store in
            try context.access.checkFiles(of: id, in: store)
            return try store.attachments(of: id)
        }
        return .json(AttachmentListView(attachments: lines.map(AttachmentView.init)))
    }

    private func attach(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["kind", "as"])
        let id = try context.assignmentID()
        let actor = try context.access.actor(named: query.post("as"))
        let desk = AttachmentDesk(services: services)
        try await desk.check(id, as: actor, context.access)
        guard let kind = try query.choice("kind", Attachment.Kind.self) else {
            throw Problem.badRequest("kind: say whether it shows what was before the work or after it")
        }
        // Forms, which a foreign page can send, come with other types.
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased() ?? ""
        guard type.hasPrefix("image/") || type == "application/pdf" else { throw Problem.fileNotTaken }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > StoredFile.largest {
            throw Problem.fileTooLarge
        }
        let draft = try services.store.files.draft()
        try await draft.fill(from: request.body)
        let (line, isNew) = try await desk.attach(draft, as: kind, to: id, as: actor, access: context.access)
        return .json(AttachmentView(line), status: isNew ? .created : .ok)
    }

    private func show(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let id = try context.assignmentID()
        let hash = try context.path("file", "attachment") { FileHash($0) }
        let file = try await services.store.read { store in
            try context.access.checkFiles(of: id, in: store)
            let file = try store.attachments(of: id).first { $0.attachment.file.hash == hash }?.attachment.file
            if file != nil, try store.isWanted(hash) { throw Problem.fileOnItsWay }
            return file
        }
        guard let file else { throw Problem.notFound("there is no such attachment of this assignment") }
        let folder = services.store.files
        guard folder.contains(hash) else {
            throw StoreError(.io, "The file \(hash) is not in \(folder.path); restore a backup.")
        }
        let body = try await FileIO().loadFile(path: folder.path(of: hash), context: context)
        return Response(status: .ok, headers: Self.headers(of: file), body: body)
    }

    /// What browsers may do with a file: pages of ours show a photo as an image, and opened by itself any file is saved.
    /// None may run or load anything, or be part of another site's page.
    private static func headers(of file: StoredFile) -> HTTPFields {
        let name = "\(file.hash.text.prefix(12)).\(file.type == .jpeg ? "jpg" : "pdf")"
        return [
            .contentType: file.type.rawValue,
            .contentDisposition: "attachment; filename=\"\(name)\"",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
            .crossOriginResourcePolicy: "same-origin",
        ]
    }
}

extension Access {
    /// Checks that somebody may see what is attached to an assignment: she sees the assignment, or where another node
    /// holds it, the one it was issued from.
    func checkFiles(of id: AssignmentID, in store: StoreReader) throws {
        if try store.assignment(id) == nil, let parent = id.parent, let issuer = try store.assignment(parent),
            sees(issuer)
        {
            return
        }
        _ = try assignment(id, in: store)
    }
}

extension Problem {
    /// Another node has a file, and it has not been fetched yet.
    fileprivate static var fileOnItsWay: Problem {
        var problem = Problem(
            .serviceUnavailable,
            "file-on-its-way",
            "The file is on its way",
            "it is fetched from the node of whoever attached it; try again in a moment"
        )
        problem.retryAfter = 30
        return problem
    }
}

extension HTTPField.Name {
    /// `Cross-Origin-Resource-Policy` of the Fetch standard.
    fileprivate static let crossOriginResourcePolicy = HTTPField.Name.known("Cross-Origin-Resource-Policy")
}
