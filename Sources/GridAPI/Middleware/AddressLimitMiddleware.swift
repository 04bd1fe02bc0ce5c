//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import HTTPTypes
import Hummingbird

/// Limits how often one address may ask, before anything is looked up for it.
///
/// All phones of a street may share one address. Who shows a session or a token is admitted by a higher limit there, and
/// by one of her own once she is recognised; whatever is shown and does not hold counts as a stranger's.
struct AddressLimitMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let limiter: RateLimiter
    /// For requests that show something to be recognised by.
    let crowds: RateLimiter
    let cookie: SessionCookie
    let isBehindProxy: Bool

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.address = address(of: request, context)
        let isStranger = cookie.secret(in: request) == nil && request.headers[.authorization] == nil
        if let wait = (isStranger ? limiter : crowds).admit(context.address) {
            throw Problem.tooMany("this address asks too often; slow down", wait: wait)
        }
        return try await next(request, context)
    }

    /// The proxy appends the address it sees, so only the last entry is its own word.
    private func address(of request: Request, _ context: APIContext) -> String {
        guard isBehindProxy, let list = request.headers[.forwardedFor], let last = list.split(separator: ",").last
        else { return context.address }
        return last.trimmingCharacters(in: .whitespaces).prefix(64).description
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor = HTTPField.Name.known("X-Forwarded-For")
}
