//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// What of the pages is compared.
package struct ReconcileScope: Hashable, Sendable {
    /// Only what has not changed after this instant: the rest may be on its way.
    package var unchangedSince: Instant
    /// Settled legs and escalations whose other page is on another node: only those of pages that changed after this
    /// instant; nil for none. Nobody here can see whether the other page agrees, so they are all told again.
    package var remoteSince: Instant?

    /// Creates a scope.
    package init(unchangedSince: Instant, remoteSince: Instant? = nil) {
        self.unchangedSince = unchangedSince
        self.remoteSince = remoteSince
    }
}

/// A page of a walk through what disagrees: in the order of a key, so that the walk goes on after the last one.
package struct ReconcilePage<Item: Sendable, Key: Sendable>: Sendable {
    /// What was found.
    package var items: [Item]
    /// The key to go on after; nil at the end.
    package var next: Key?
}
