//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// Who makes a request, and by what it is known.
struct Caller: Sendable {
    /// What was shown.
    enum Credential: Sendable {
        /// A cookie's session; what changes something has to bring the session's CSRF token too.
        case session(Secret)
        /// A bearer token.
        case token(Secret)
    }

    /// What CSRF tokens are derived for.
    static let crossSite = "gridwork csrf"

    let credential: Credential
    let access: Access

    /// The token that requests by cookie bring along; nil for bearer tokens, which no foreign page can send.
    var csrfToken: String? {
        guard case .session(let secret) = credential else { return nil }
        return secret.word(for: Self.crossSite)
    }
}

/// Recognises callers.
struct CallerDesk: Sendable {
    let organizations: OrganizationCache
    let clock: WallClock

    /// The caller who shows a credential; nil when it holds no more, or never did.
    ///
    /// - Throws: `LocalDesk.NoOrganization` while nobody stands anywhere.
    func caller(_ credential: Caller.Credential, in store: StoreReader) throws -> Caller? {
        let now = clock.now
        let person =
            switch credential {
            case .session(let secret): try store.person(ofSession: secret.hash, at: now)
            case .token(let secret): try store.person(ofToken: secret.hash, at: now)
            }
        guard let person else { return nil }
        guard let organization = try organizations.organization(in: store)?.organization else {
            throw LocalDesk.NoOrganization()
        }
        return Caller(credential: credential, access: Access(person, in: organization))
    }
}
