//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A work order as its author writes it: the order file, and the body of the `issue` command.
package struct OrderDraft: Hashable, Sendable, Codable {
    /// The longest title, in characters as JSON Schema counts them: Unicode scalars.
    package static let longestTitle = 200
    /// The longest body, likewise.
    package static let longestBody = 20_000

    /// One line that says what is to be done.
    package var title: String
    /// The whole text.
    package var body: String
    /// The affairs module it belongs to.
    package var module: AffairsModule
    /// How pressing it is.
    package var priority: Priority
    /// The areas it goes to: any mix of the street, communities and cells.
    package var scope: [String]
    /// How far down and when it goes.
    package var cascade: Cascade
    /// The roles whose completion the issuer signs off.
    package var signOff: [String]
    /// What happens when all legs are in.
    package var rollUp: RollUp
    /// Until when every leg is to be acknowledged, nil for no limit.
    package var acceptBy: Deadline?
    /// Until when every leg is to be done, nil for no limit.
    package var dueAt: Deadline?

    /// Creates a draft.
    package init(
        title: String,
        body: String,
        module: AffairsModule,
        priority: Priority = .normal,
        scope: [String],
        cascade: Cascade,
        signOff: [String] = [],
        rollUp: RollUp = .automatic,
        acceptBy: Deadline? = nil,
        dueAt: Deadline? = nil
    ) {
        self.title = title
        self.body = body
        self.module = module
        self.priority = priority
        self.scope = scope
        self.cascade = cascade
        self.signOff = signOff
        self.rollUp = rollUp
        self.acceptBy = acceptBy
        self.dueAt = dueAt
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case title, body, module, priority, scope, cascade, signOff, rollUp, acceptBy, dueAt
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        title = try container.decode(String.self, forKey: .title)
        body = try container.decode(String.self, forKey: .body)
        module = try container.decode(AffairsModule.self, forKey: .module)
        priority = try container.decodeIfPresent(Priority.self, forKey: .priority) ?? .normal
        scope = try container.decode([String].self, forKey: .scope)
        cascade = try container.decode(Cascade.self, forKey: .cascade)
        signOff = try container.decodeIfPresent([String].self, forKey: .signOff) ?? []
        rollUp = try container.decodeIfPresent(RollUp.self, forKey: .rollUp) ?? .automatic
        acceptBy = try container.decodeIfPresent(Deadline.self, forKey: .acceptBy)
        dueAt = try container.decodeIfPresent(Deadline.self, forKey: .dueAt)
    }
}
