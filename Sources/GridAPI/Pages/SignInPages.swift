//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// Signing in and out with a browser.
struct SignInPages {
    let services: APIServices

    private struct Content: Sendable {
        let action = PageAddress.signIn
        let name: String
        let to: String
    }

    func add(to router: PageRouter) {
        router.open(.get, PageAddress.signIn) { visit in
            page(visit, to: SignInReturn.address(visit.query(SignInReturn.parameter)))
        }
        router.open(.post, PageAddress.signIn, signIn)
        router.post(PageAddress.signOut, signOut)
    }

    private func page(
        _ visit: PageVisit,
        name: String = "",
        to: String? = nil,
        status: HTTPResponse.Status = .ok,
        notice: String? = nil
    ) -> Response {
        let frame = PageFrame(
            visit,
            title: visit.texts("signIn"),
            here: PageAddress.signIn,
            notice: notice.map { .bad($0) }
        )
        return visit.page("signIn", Content(name: name, to: to ?? ""), in: frame, status: status)
    }

    private func signIn(_ visit: PageVisit) async throws -> Response {
        guard visit.request.isFromOwnPage else { return page(visit, status: .forbidden) }
        let form = try await PageForm.read(visit.request)
        // People paste names with a space behind them.
        let name = (form.name ?? "").trimmingCharacters(in: .whitespaces)
        let to = SignInReturn.address(form.to)
        do {
            let secret = try await SessionRoutes(services: services)
                .signIn(name: name, password: form.password ?? "", visit.context)
            var response = Response.seeOther(to ?? PageAddress.home)
            response.headers[.setCookie] = services.cookie.setting(secret, for: SignInDesk.sessionLifetime)
            return response
        } catch let problem as Problem where problem.status == .unauthorized {
            return page(visit, name: name, to: to, status: problem.status, notice: visit.texts("noticeSignIn"))
        } catch let problem as Problem where problem.status == .tooManyRequests {
            let span = visit.time.span(Int64(problem.retryAfter ?? 0) * 1_000)
            let notice = visit.texts("noticeLocked", ["span": span])
            var response = page(visit, name: name, to: to, status: problem.status, notice: notice)
            response.headers[.retryAfter] = "\(problem.retryAfter ?? 1)"
            return response
        }
    }

    private func signOut(_ visit: PageVisit, _ caller: Caller) async throws -> Response {
        _ = try await PageForm.read(visit)
        if case .session(let secret) = caller.credential {
            try await services.store.write { try $0.endSession(secret.hash) }
        }
        var response = Response.seeOther(PageAddress.signIn)
        response.headers[.setCookie] = services.cookie.clearing
        return response
    }
}
