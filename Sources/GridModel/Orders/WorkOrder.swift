//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A work order as issued: never changed afterwards, and carried whole by every leg's `issued` message, so that a
/// community never has to ask the street what it says.
package struct WorkOrder: Hashable, Sendable, Codable {
    /// The case number.
    package var id: OrderID
    /// The post that issued it.
    package var issuedBy: PostAddress
    /// When it was issued.
    package var issuedAt: Instant
    /// One line that says what is to be done.
    package var title: String
    /// The whole text.
    package var body: String
    /// The affairs module it belongs to.
    package var module: AffairsModule
    /// How pressing it is.
    package var priority: Priority
    /// The areas it goes to.
    package var scope: [UnitCode]
    /// How far down and when it goes.
    package var cascade: Cascade
    /// The roles whose completion the issuer signs off.
    package var signOff: [String]
    /// What happens when all legs are in.
    package var rollUp: RollUp
    /// Until when every leg is to be acknowledged.
    package var acceptBy: Instant?
    /// Until when every leg is to be done.
    package var dueAt: Instant?
}
