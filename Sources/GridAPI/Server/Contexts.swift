//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Hummingbird
import NIOCore

/// A request before anybody knows whose it is.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where the request comes from, as far as whoever passed it on is believed.
    var address: String
    /// Who makes the request, once recognised.
    var caller: Caller?

    init(source: Source) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}

/// A request of a caller who was recognised.
struct CallerContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let caller: Caller

    /// What the caller may see and do.
    var access: Access { caller.access }

    init(context: APIContext) throws {
        coreContext = context.coreContext
        guard let caller = context.caller else { throw Problem.signInFirst }
        self.caller = caller
    }
}

extension Problem {
    /// Nobody was recognised.
    static var signInFirst: Problem {
        Problem(
            .unauthorized,
            "sign-in",
            "Sign in first",
            "sign in with POST /v1/session, or send a bearer token that holds"
        )
    }
}
