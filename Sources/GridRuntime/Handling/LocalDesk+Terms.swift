//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore
import GridTraces

/// What a command is carried out on condition of, and how a repetition of it is known.
package struct CommandTerms: Sendable {
    /// A key under which a person gives a command, so that giving it again does nothing twice.
    package struct Key: Sendable {
        /// The person's number.
        package var person: Int64
        /// The key.
        package var text: String
        /// Tells whether a repetition asks for the same thing.
        package var fingerprint: [UInt8]

        /// Creates a key.
        package init(person: Int64, text: String, fingerprint: [UInt8]) {
            self.person = person
            self.text = text
            self.fingerprint = fingerprint
        }
    }

    /// The revisions of which the assignment has to have one; nil for any.
    package var revisions: Set<Int>?
    /// The key it came with.
    package var key: Key?
    /// Who gives it; nil for whoever works at this machine.
    package var performer: Performer?

    /// Creates terms.
    package init(revisions: Set<Int>? = nil, key: Key? = nil, performer: Performer? = nil) {
        self.revisions = revisions
        self.key = key
        self.performer = performer
    }
}

extension CommandTerms.Key {
    /// How long keys are remembered, in milliseconds: a week.
    private static let lifetime: Int64 = 7 * 86_400_000

    /// What became of what was asked for under the key before; nil when nothing was.
    ///
    /// - Throws: `LocalDesk.KeyReused` where that was something else.
    package func record(in store: StoreTransaction) throws -> IdempotencyRecord? {
        guard let record = try store.idempotencyRecord(of: person, key: text) else { return nil }
        guard record.fingerprint == fingerprint else { throw LocalDesk.KeyReused() }
        return record
    }

    /// Keeps what became of it.
    package func save(
        _ assignment: AssignmentID?,
        _ refusal: Refusal?,
        in store: StoreTransaction,
        at now: Instant
    ) throws {
        try store.saveIdempotencyRecord(
            IdempotencyRecord(fingerprint: fingerprint, assignment: assignment, refusal: refusal),
            of: person,
            key: text,
            at: now,
            forgettingBefore: now.adding(milliseconds: -Self.lifetime)
        )
    }
}

extension LocalDesk {
    /// The assignment is not as whoever gave the command saw it.
    package struct Changed: Error {
        /// The revision it has; nil when there is none in this file.
        package let revision: Int?
    }

    /// A key was used before, for something else.
    package struct KeyReused: Error {}

    /// What became of a command.
    package enum Outcome: Sendable {
        /// It was carried out.
        case done(Decision)
        /// It was carried out before; the assignment it was about, or the root of the order it issued.
        case repeated(AssignmentID?)
    }

    /// Carries out a command on terms that are looked at in its own transaction.
    ///
    /// A repetition under a key gets what the first got, a refusal as well, whatever has changed since.
    ///
    /// - Throws: `Refusal`, `Changed`, `KeyReused`, `NoOrganization`, or `StoreError`.
    package func perform(_ command: Command, on terms: CommandTerms) async throws -> Outcome {
        let (outcome, refusal, spans) = try await store.write { store -> (Outcome, Refusal?, [Span]) in
            if let record = try terms.key?.record(in: store) {
                return (.repeated(record.assignment), record.refusal, [])
            }
            if let revisions = terms.revisions {
                let revision = try command.body.assignment.flatMap { try store.assignment($0)?.revision }
                guard let revision, revisions.contains(revision) else { throw Changed(revision: revision) }
            }
            let handled = try perform(command, in: store)
            if let performer = terms.performer, handled.outcome != nil {
                try store.savePerformer(performer, of: command.id, as: command.actor)
            }
            var refusal: Refusal?
            if case .refused(let reason)? = handled.outcome { refusal = reason }
            let assignment = command.body.assignment ?? handled.decision.assignment?.id
            try terms.key?.save(assignment, refusal, in: store, at: clock.now)
            // Seen before without a record: its key was forgotten, the inbox remembers longer.
            guard handled.outcome != nil else { return (.repeated(command.body.assignment), nil, []) }
            return (.done(handled.decision), refusal, handled.spans)
        }
        tracer?.finish(spans)
        if let refusal { throw refusal }
        return outcome
    }
}
