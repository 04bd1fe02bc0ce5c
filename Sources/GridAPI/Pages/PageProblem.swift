//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import HTTPTypes
import Hummingbird

/// An error as people read it.
enum PageProblem {
    private struct Content: Sendable {
        let heading: String
        let text: String
        let link: String
        let linkText: String
    }

    /// The page that tells a problem.
    static func response(_ problem: Problem, to visit: PageVisit) -> Response {
        let name =
            switch problem.status.code {
            case 401: "invitationOver"
            case 403: "problemForbidden"
            case 404: "problemNotFound"
            case 429, 503: "problemBusy"
            case 400..<500: "problemBadRequest"
            default: "problemInternal"
            }
        var response = response(named: name, problem.status, to: visit)
        response.headers.append(contentsOf: problem.headers)
        if let retryAfter = problem.retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        return response
    }

    /// The page whose heading and text have a name.
    static func response(named name: String, _ status: HTTPResponse.Status, to visit: PageVisit) -> Response {
        let texts = visit.texts
        let content = Content(
            heading: texts(name),
            text: texts(name + "Text"),
            link: PageAddress.home,
            linkText: texts("toList")
        )
        return visit.page("message", content, in: PageFrame(visit, title: content.heading), status: status)
    }
}
