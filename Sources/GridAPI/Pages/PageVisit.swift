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
import NIOCore

/// A request for a page: what is asked for, in which language, and by whom where that is known.
struct PageVisit: Sendable {
    let services: APIServices
    let request: Request
    let context: APIContext
    let language: Language
    /// Who asks; nil on the pages that ask for nobody.
    var caller: Caller?
    /// The newest line of the history before anything of the page was read: events after it may not be in the page.
    var newestLine: Int64 = 0

    init(_ services: APIServices, _ request: Request, _ context: APIContext) {
        self.services = services
        self.request = request
        self.context = context
        language = LanguageChoice.language(of: request)
    }

    /// The texts.
    var texts: Catalogue { .of(language) }

    /// What the office's clock says.
    var time: OfficeTime { OfficeTime(now: services.clock.now, zone: services.configuration.zone, texts: texts) }

    /// A part of the query.
    func query(_ name: String) -> String? { request.uri.queryParameters.get(name) }

    /// Answers with a page.
    ///
    /// - Parameter frame: What is around the content.
    func page(
        _ template: String,
        _ content: some Sendable,
        in frame: PageFrame,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        .page(PageTemplates.standard.render(template, in: texts, frame: frame, content: content), status)
    }
}

/// The language somebody chose, kept in a cookie; without one the browser's.
enum LanguageChoice {
    private static let cookie = "gridwork-language"
    /// The parameter of the links that choose.
    static let parameter = "lang"
    /// A year.
    private static let lifetime = 365 * 86_400

    static func language(of request: Request) -> Language {
        request.cookies[cookie].flatMap { Language(rawValue: $0.value) }
            ?? Language(acceptLanguage: request.headers[.acceptLanguage])
    }

    /// The other parts of a request's query as they were sent, without what was just done.
    static func restOfQuery(of request: Request) -> [String] {
        (request.uri.query ?? "").split(separator: "&").map(String.init)
            .filter { !$0.hasPrefix("\(parameter)=") && !$0.hasPrefix("did=") }
    }

    /// The answer to a link that chooses a language: the cookie, and the same page again; nil for other requests.
    static func response(to request: Request, isSecure: Bool) -> Response? {
        guard let language = request.uri.queryParameters.get(parameter).flatMap({ Language(rawValue: $0) }) else {
            return nil
        }
        let cookie = Cookie(
            name: Self.cookie,
            value: language.rawValue,
            maxAge: lifetime,
            path: "/",
            secure: isSecure,
            httpOnly: true,
            sameSite: .lax
        )
        // Put together anew: an address that begins with two slashes would name another server.
        let path = "/" + request.uri.path.split(separator: "/").joined(separator: "/")
        let query = restOfQuery(of: request)
        var response = Response.seeOther(path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
        response.headers[.setCookie] = cookie.description
        return response
    }
}

extension Response {
    /// Scripts and styles of this node only, nothing inline, nobody else's frames, forms to this node only.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    /// A page of HTML.
    static func page(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: policy,
                // With `no-referrer` browsers send `Origin: null` with our own forms.
                .referrerPolicy: "same-origin",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// Sends a browser elsewhere, to be read with GET (RFC 9110, 15.4.4).
    static func seeOther(_ address: String) -> Response {
        Response(status: .seeOther, headers: [.location: address])
    }
}
