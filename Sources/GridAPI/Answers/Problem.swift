//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import NIOCore

/// An error as a client gets it: RFC 9457.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    /// The last part of the problem's type; stable, for programs.
    let kind: String
    /// What kind of problem it is, the same each time.
    let title: String
    /// What happened this time and what to do.
    let detail: String
    /// Why the rules refused a command.
    var reason: RefusalReason?
    /// After how many seconds trying again makes sense.
    var retryAfter: Int?
    /// Further header fields.
    var headers = HTTPFields()

    init(_ status: HTTPResponse.Status, _ kind: String, _ title: String, _ detail: String) {
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
    }

    private struct Body: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let reason: RefusalReason?
    }

    /// The response that tells it.
    func response() -> Response {
        let body = Body(
            type: "https://gridwork.example/problems/\(kind)",
            title: title,
            status: status.code,
            detail: detail,
            reason: reason
        )
        var response = Response.json(body, status: status)
        response.headers[.contentType] = "application/problem+json"
        response.headers.append(contentsOf: headers)
        // RFC 9110, 15.5.2 wants it with every such answer, that to a wrong password too.
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"gridwork\"" }
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }
}

extension Problem {
    /// There is nothing here, or nothing that this caller may see: the two must not be told apart.
    static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, "not-found", "Not found", detail)
    }

    /// The request itself does not hold.
    static func badRequest(_ detail: String) -> Problem {
        Problem(.badRequest, "bad-request", "The request does not hold", detail)
    }

    /// More was asked than is served.
    static func tooMany(_ detail: String, wait: Duration) -> Problem {
        var problem = Problem(.tooManyRequests, "too-many-requests", "Too many requests", detail)
        problem.retryAfter = max(1, Int((wait / .seconds(1)).rounded(.up)))
        return problem
    }

    /// Something is used up for the moment.
    static func busy(_ detail: String) -> Problem {
        var problem = Problem(.serviceUnavailable, "busy", "Busy", detail)
        problem.retryAfter = 2
        return problem
    }

    /// The problem that an error is to a client; nil for one that is a fault of this program.
    static func of(_ error: any Error) -> Problem? {
        switch error {
        case let error as Problem: error
        case let error as Refusal: Problem(error)
        case let error as LocalDesk.Changed: Problem(error)
        case is LocalDesk.KeyReused:
            Problem(
                .unprocessableContent,
                "idempotency-key-reused",
                "The key was used for something else",
                "this Idempotency-Key came with another request before; take a new one"
            )
        case let error as LocalDesk.NoOrganization:
            Problem(.serviceUnavailable, "no-organization", "No organization", error.description)
        case let error as BadMessage:
            Problem(.unprocessableContent, "bad-body", "The body does not fit its schema", error.reason)
        case is WorkLanes.Busy: busy("too much of this is being asked for at once; try again in a moment")
        case let error as PhotoConverter.Failure: Problem(error)
        case is PasswordHasher.Busy: busy("many people are signing in; try again in a moment")
        case let error as StoreError: Problem(error)
        case is NIOTooManyBytesError:
            Problem(.contentTooLarge, "too-large", "The body is too large", "send less")
        case is CancellationError: busy("the node is stopping; try again in a moment")
        case let error as HTTPError: Problem(error)
        default: nil
        }
    }

    private init(_ refusal: Refusal) {
        let status: HTTPResponse.Status =
            switch refusal.reason {
            case .unknownAssignment: .notFound
            case .notYours: .forbidden
            case .wrongState, .alreadyFinal, .legsOpen, .noSuperior: .conflict
            case .invalid: .unprocessableContent
            }
        self.init(status, "refused", "Refused", refusal.detail)
        reason = refusal.reason
    }

    private init(_ changed: LocalDesk.Changed) {
        self.init(
            .preconditionFailed,
            "changed",
            "It has changed",
            changed.revision == nil
                ? "the assignment is not in this node's file, so If-Match cannot hold"
                : "the assignment has changed since it was read; read it again and decide anew"
        )
        if let revision = changed.revision { headers[.eTag] = EntityTag(revision).text }
    }

    private init(_ error: StoreError) {
        switch error.code {
        case .busy: self = .busy("another process holds the state file; try again in a moment")
        case .full:
            self.init(
                .insufficientStorage,
                "disk-full",
                "The disk, or the quota of files, is full",
                "the operator has to make room"
            )
        default:
            self.init(
                .internalServerError,
                "state-file",
                "The state file failed",
                "the operator has to look at the node's log"
            )
        }
    }

    private init(_ failure: PhotoConverter.Failure) {
        switch failure {
        case .unreadable: self = .photoUnreadable
        case .tooManyPixels: self = .photoTooManyPixels
        case .noTool(let tool):
            self.init(
                .serviceUnavailable,
                "no-photos",
                "Photos cannot be taken now",
                "the operator has to install what brings \(tool): on Debian, libvips-tools and util-linux"
            )
        }
    }

    private init(_ error: HTTPError) {
        switch error.status {
        case .notFound: self = .notFound("there is nothing at this address")
        default:
            self.init(error.status, "http", error.status.reasonPhrase, error.body ?? error.status.reasonPhrase)
        }
    }
}

extension HTTPResponse.Status {
    /// 507 of RFC 4918.
    fileprivate static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
