//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// Lets people in who know their password, and nobody who tries many.
struct SignInDesk: Sendable {
    /// What came of an attempt.
    enum Outcome: Sendable {
        /// It is that person; the session's secret.
        case signedIn(Secret)
        /// Name and password do not belong together, or the person may not sign in. Which of these is not told.
        case refused
        /// The name was tried too often; nothing was looked at.
        case locked(until: Instant)
    }

    /// How many attempts in a row are looked at before the name is locked.
    static let attempts = 5
    /// For how long the first lock holds; each attempt after it doubles the time.
    static let firstLock: Int64 = 60_000
    /// The longest lock.
    static let longestLock: Int64 = 3_600_000
    /// After so long without an attempt counting begins anew.
    static let memory: Int64 = 86_400_000
    /// How many names' attempts are remembered.
    static let rememberedNames = 10_000
    /// How many sessions a person has at most; the oldest ends when another begins.
    static let sessionsPerPerson = 20
    /// How long a session lasts after it was used, in milliseconds: two weeks.
    static let sessionLifetime: Int64 = 14 * 86_400_000
    /// How long a session lasts at most, however much it is used: a year.
    static let longestLifetime: Int64 = 365 * 86_400_000
    /// By how much a session is prolonged at least, so that not every request writes: a day.
    static let shortestProlonging: Int64 = 86_400_000
    /// How long one begun by an invitation lasts: a quarter, since who has no password has to ask for the next link.
    static let invitedLifetime: Int64 = 90 * 86_400_000

    let store: StateFile
    let hasher: PasswordHasher
    let clock: WallClock

    /// Checks a name and a password, and begins a session.
    func signIn(name: String, password: String) async throws -> Outcome {
        let name = name.lowercased()
        let subject = Primitives.sha256(Array(name.utf8))
        if let until = try await noteAttempt(subject) { return .locked(until: until) }
        let record = try await store.read { try $0.password(of: name) }
        let isRight = try await hasher.verify(password, against: record?.isDisabled == false ? record?.hash : nil)
        guard isRight, let record else { return .refused }
        let secret = Secret()
        let isIn = try await store.write { store in
            // The password may have been changed while it was checked.
            guard let now = try store.password(of: name), now.hash == record.hash, !now.isDisabled else { return false }
            try store.clearSignInFailures(of: subject)
            try begin(secret, of: record.person, for: Self.sessionLifetime, in: store)
            return true
        }
        return isIn ? .signedIn(secret) : .refused
    }

    /// Takes an invitation, once, and begins a session; nil when it does not hold.
    func signIn(by invitation: Secret) async throws -> Secret? {
        let secret = Secret()
        return try await store.write { store in
            guard let person = try store.takeInvitation(hash: invitation.hash, at: clock.now) else { return nil }
            try begin(secret, of: person, for: Self.invitedLifetime, in: store)
            return secret
        }
    }

    /// Until when a session that is used now lasts; nil where it lasts about as long already.
    func prolonged(_ session: Secret, in store: StoreReader) throws -> Instant? {
        guard let period = try store.period(ofSession: session.hash) else { return nil }
        let end = min(
            clock.now.adding(milliseconds: Self.sessionLifetime),
            period.beginsAt.adding(milliseconds: Self.longestLifetime)
        )
        return end >= period.endsAt.adding(milliseconds: Self.shortestProlonging) ? end : nil
    }

    /// Prolongs a session until an instant.
    ///
    /// - Returns: How many milliseconds it lasts; nil where it has ended meanwhile.
    func prolong(_ session: Secret, until end: Instant) async throws -> Int64? {
        let isProlonged = try await store.write { try $0.prolongSession(session.hash, until: end) }
        return isProlonged ? end.milliseconds - clock.now.milliseconds : nil
    }

    private func begin(_ secret: Secret, of person: Int64, for lifetime: Int64, in store: StoreTransaction) throws {
        try store.addSession(
            hash: secret.hash,
            of: person,
            expiresAt: clock.now.adding(milliseconds: lifetime),
            limit: Self.sessionsPerPerson,
            at: clock.now
        )
    }

    /// Counts an attempt before it is looked at, so that many at once are not all looked at.
    ///
    /// - Returns: Until when the name is locked; nil when this attempt may be looked at.
    private func noteAttempt(_ subject: [UInt8]) async throws -> Instant? {
        try await store.write { store in
            let now = clock.now
            var failures = try store.signInFailures(of: subject)
            if let known = failures, known.lastAt.adding(milliseconds: Self.memory) < now { failures = nil }
            if let until = failures?.lockedUntil, until > now { return until }
            let count = (failures?.count ?? 0) + 1
            var lockedUntil: Instant?
            if count >= Self.attempts {
                let lock = Self.firstLock << min(count - Self.attempts, 16)
                lockedUntil = now.adding(milliseconds: min(lock, Self.longestLock))
            }
            try store.saveSignInFailures(
                SignInFailures(count: count, lastAt: now, lockedUntil: lockedUntil),
                of: subject,
                limit: Self.rememberedNames
            )
            return nil
        }
    }
}
