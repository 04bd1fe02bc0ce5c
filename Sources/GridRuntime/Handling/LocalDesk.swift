//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore
package import Logging

/// Carries out commands of people at this machine: one local transaction, the broker never asked.
///
/// A running node is told by the state file and sends what there is to send; without one, it waits in the outbox.
package struct LocalDesk: Sendable {
    let store: StateFile
    let clock: WallClock
    let logger: Logger
    let tracer: Tracer?
    let organizations = OrganizationCache()

    /// Creates a desk over a state file.
    ///
    /// - Parameter tracer: Keeps the spans of commands; nil where nobody traces.
    package init(store: StateFile, clock: WallClock = .system, tracer: Tracer? = nil, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.tracer = tracer
    }

    /// No organization has been applied to the state file.
    package struct NoOrganization: Error, CustomStringConvertible {
        package let description =
            "no organization has been applied to this state file; run gridwork organization apply FILE first"

        /// Creates the error.
        package init() {}
    }

    /// Carries out a command.
    ///
    /// - Returns: The decision; nil when a command with this identifier was carried out before.
    /// - Throws: `Refusal` when the rules do not allow it, `NoOrganization`, or `StoreError`.
    package func perform(_ command: Command) async throws -> Decision? {
        let handled = try await store.write { try perform(command, in: $0) }
        tracer?.finish(handled.spans)
        if case .refused(let refusal)? = handled.outcome { throw refusal }
        return handled.outcome == nil ? nil : handled.decision
    }

    /// Carries out a command inside a transaction, with all that it sends.
    func perform(_ command: Command, in store: StoreTransaction) throws -> MessageHandler.Handled {
        guard let organization = try organizations.organization(in: store)?.organization else {
            throw NoOrganization()
        }
        let handler = MessageHandler(organization: organization, clock: clock, logger: logger)
        let trace = tracer.map(TraceScope.init)
        var handled = try handler.perform(command, in: store, trace: trace)
        handled.spans = trace?.spans ?? []
        _ = try store.enqueue(handled.outgoing, lease: nil, at: clock.now)
        return handled
    }
}
