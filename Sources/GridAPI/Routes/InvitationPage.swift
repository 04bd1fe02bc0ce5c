//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HTTPTypes
import Hummingbird
import NIOCore

/// What an invitation's link opens: a page with one button.
///
/// The link itself signs nobody in, since chats and scanners open links to look at them, and it holds once.
struct InvitationPage {
    let services: APIServices

    func add(to router: Router<APIContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("invitation/:secret", method: method) { _, _ in
                // Looks nothing up: whoever looks at links learns nothing about them.
                Self.page(.ok, "<form method=\"post\"><button>登录 Sign in</button></form>")
            }
        }
        router.post("invitation/:secret") { request, context in
            try await withTimeLimit(services.configuration.requestLimit) { try await accept(request, context) }
        }
    }

    private func accept(_ request: Request, _ context: APIContext) async throws -> Response {
        guard isOwn(request) else {
            return Self.page(.forbidden, "<p>请直接打开邀请链接。 Open the link itself.</p>")
        }
        let secret = context.parameters.get("secret").flatMap { Secret($0) }
        guard let session = try await SessionRoutes(services: services).signIn(by: secret, context) else {
            return Self.page(
                .unauthorized,
                "<p>此邀请链接已失效，请向街道或社区索取新的链接。 This link holds no more: ask your office for a new one.</p>"
            )
        }
        var response = Self.page(.ok, "<p>您已登录。 You are signed in.</p>")
        response.headers[.setCookie] = services.cookie.setting(session, for: SignInDesk.invitedLifetime)
        return response
    }

    /// Whether the form is that of our page: a foreign one would sign somebody in as somebody else unasked.
    private func isOwn(_ request: Request) -> Bool {
        if let site = request.headers[.fetchSite] { return site == "same-origin" }
        guard let origin = request.headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == request.head.authority
    }

    private static func page(_ status: HTTPResponse.Status, _ body: String) -> Response {
        let text = """
            <!DOCTYPE html>
            <html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>网格派工 Gridwork</title></head><body><h1>网格派工 Gridwork</h1>\(body)</body></html>

            """
        return Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension HTTPField.Name {
    /// `Sec-Fetch-Site` of the W3C: where a request comes from, as the browser knows it.
    fileprivate static let fetchSite = HTTPField.Name.known("Sec-Fetch-Site")
}
