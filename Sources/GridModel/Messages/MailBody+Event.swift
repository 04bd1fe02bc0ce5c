//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The kinds of mail, named as in routing keys and message types.
package enum MailEvent: String, Sendable, Codable, CaseIterable {
    case issued, acknowledged, progressed, submitted, completed, returned, resumed, takenOver, escalated
    case escalationAnswered, escalationWithdrawn, signedOff, reworkRequested, recalled, urged, offered, refused

    /// The CloudEvents type, for instance `gridwork.assignment.issued.v1`.
    package var type: String {
        self == .refused ? "gridwork.command.refused.v1" : "gridwork.assignment.\(rawValue).v1"
    }

    /// The kind with a CloudEvents type.
    package init?(type: String) {
        guard let event = Self.byType[type] else { return nil }
        self = event
    }

    private static let byType = Dictionary(uniqueKeysWithValues: allCases.map { ($0.type, $0) })
}

extension MailBody {
    /// The kind of mail.
    package var event: MailEvent {
        switch self {
        case .issued: .issued
        case .acknowledged: .acknowledged
        case .progressed: .progressed
        case .submitted: .submitted
        case .completed: .completed
        case .returned: .returned
        case .resumed: .resumed
        case .takenOver: .takenOver
        case .escalated: .escalated
        case .escalationAnswered: .escalationAnswered
        case .escalationWithdrawn: .escalationWithdrawn
        case .signedOff: .signedOff
        case .reworkRequested: .reworkRequested
        case .recalled: .recalled
        case .urged: .urged
        case .offered: .offered
        case .refused: .refused
        }
    }
}
