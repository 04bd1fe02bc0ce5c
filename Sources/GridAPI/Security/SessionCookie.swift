//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Hummingbird

/// The cookie that carries a session.
struct SessionCookie: Sendable {
    let isSecure: Bool

    /// On TLS the name binds the cookie to this host and to TLS (RFC 6265bis, 4.1.3.2).
    private var name: String { isSecure ? "__Host-gridwork" : "gridwork" }

    /// The session's secret in a request; nil when there is none.
    func secret(in request: Request) -> Secret? {
        request.cookies[name].flatMap { Secret($0.value) }
    }

    /// The cookie of a session that lasts so many milliseconds.
    func setting(_ secret: Secret, for lifetime: Int64) -> String {
        text(secret.text, seconds: Int(lifetime / 1_000))
    }

    /// The cookie that makes a browser forget.
    var clearing: String { text("", seconds: 0) }

    private func text(_ value: String, seconds: Int) -> String {
        Cookie(
            name: name,
            value: value,
            maxAge: seconds,
            path: "/",
            secure: isSecure,
            httpOnly: true,
            sameSite: .lax
        )
        .description
    }
}
