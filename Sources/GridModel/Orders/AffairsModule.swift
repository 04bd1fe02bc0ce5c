//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The eight affairs modules (八大板块) a work order belongs to.
package enum AffairsModule: String, Sendable, Word {
    case overview, partyBuilding, selfGovernance, services, cultureSports, healthEnvironment, publicSafety
    case otherAffairs
}

/// How pressing a work order is.
package enum Priority: String, Sendable, Word {
    case normal, urgent
}

/// When a holder's legs are issued.
package enum CascadeMode: String, Sendable, Word {
    /// At once, when the assignment arrives.
    case automatic
    /// When its holder has acknowledged it.
    case onAcceptance
}

/// What happens when all legs of an assignment are in.
package enum RollUp: String, Sendable, Word {
    /// The assignment completes by itself.
    case automatic
    /// It is offered to its holder to sum up.
    case byHolder
}

/// How far down and when a work order goes.
package struct Cascade: Hashable, Sendable, Codable {
    /// The role of the lowest level that gets a leg.
    package var to: String
    /// When legs are issued.
    package var mode: CascadeMode

    /// Creates a cascade.
    package init(to: String, mode: CascadeMode = .automatic) {
        self.to = to
        self.mode = mode
    }
}
