//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import HTTPTypes
import Hummingbird

/// What an invitation's link opens: a page with one button.
///
/// The link itself signs nobody in, since chats and scanners open links to look at them, and it holds once.
struct InvitationPage {
    let services: APIServices

    private struct Content: Sendable {}

    func add(to router: PageRouter) {
        router.open(.get, "\(Invitation.path):secret") { visit in
            // Looks nothing up: whoever looks at links learns nothing about them.
            visit.page("invitation", Content(), in: PageFrame(visit, title: visit.texts("invitation")))
        }
        router.open(.post, "\(Invitation.path):secret", accept)
    }

    private func accept(_ visit: PageVisit) async throws -> Response {
        guard visit.request.isFromOwnPage else {
            return PageProblem.response(named: "invitationForeign", .forbidden, to: visit)
        }
        let secret = visit.context.parameters.get("secret").flatMap { Secret($0) }
        guard let session = try await SessionRoutes(services: services).signIn(by: secret, visit.context) else {
            return PageProblem.response(named: "invitationOver", .unauthorized, to: visit)
        }
        var response = Response.seeOther(PageAddress.home)
        response.headers[.setCookie] = services.cookie.setting(session, for: SignInDesk.invitedLifetime)
        return response
    }
}
