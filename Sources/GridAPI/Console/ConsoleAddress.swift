//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// The addresses of the console.
enum ConsoleAddress {
    static let orders = "/"
    /// The form that issues an order; where it is sent to be planned; and to be issued.
    static let issue = "/orders/new"
    static let plan = "/orders/plan"
    static let issued = "/orders"
    static let escalations = "/escalations"
    static let late = "/late"
    static let statistics = "/statistics"
    static let charts = "/statistics/charts"
    static let invitations = "/invitations"
    static let operations = "/operations"
    static let letters = "/operations/dead-letters"
    private static let orderPrefix = "/orders/"

    /// An order's page.
    static func order(_ id: OrderID) -> String { "\(orderPrefix)\(id)" }

    /// A branch of an order's tree, as a page of its own.
    static func branch(_ id: AssignmentID) -> String { "\(order(id.order))?in=\(id)" }

    /// The slip of an assignment, for paper.
    static func slip(_ id: AssignmentID) -> String { "\(order(id.order))/slip?of=\(id)" }

    /// The slips of all that was issued from an assignment.
    static func slips(below id: AssignmentID) -> String { "\(order(id.order))/slips?below=\(id)" }

    /// What a command about a whole order is sent to: recalling it, or urging those it waits for.
    static func command(_ verb: CommandVerb, on id: OrderID) -> String { "\(order(id))/\(verb.pathWord)" }

    /// What the answer to an escalation is sent to.
    static func answer(_ id: AssignmentID) -> String { "\(escalations)/\(id)/answer" }

    /// Whether a path is of the console.
    static func isConsole(_ path: String) -> Bool {
        path == orders || path == issued || path.hasPrefix(orderPrefix) || path == escalations
            || path.hasPrefix(escalations + "/") || path == late || path == statistics
            || path == invitations
            || path.hasPrefix(statistics + "/") || path == operations || path.hasPrefix(operations + "/")
    }
}

/// A page of the console, as its menu names it.
enum ConsoleSection: String, CaseIterable, Sendable {
    case orders, issue, escalations, late, statistics, invitations, operations, field

    var address: String {
        switch self {
        case .orders: ConsoleAddress.orders
        case .issue: ConsoleAddress.issue
        case .escalations: ConsoleAddress.escalations
        case .late: ConsoleAddress.late
        case .statistics: ConsoleAddress.statistics
        case .invitations: ConsoleAddress.invitations
        case .operations: ConsoleAddress.operations
        case .field: PageAddress.home
        }
    }
}

extension ConsoleSection {
    /// Whether somebody has a use for it.
    func isFor(_ access: Access) -> Bool {
        switch self {
        case .orders, .statistics, .field: true
        case .issue: !IssuePage.issuers(access).isEmpty
        case .escalations, .late: BelowPage.isFor(access)
        case .invitations: InvitingPage.isFor(access)
        case .operations: OperationsPage.isFor(access)
        }
    }
}

/// A page in the menu; names as in `console.mustache`.
struct MenuView: Sendable {
    let menuLink: String
    let menuLabel: String
    /// How much waits there.
    let menuCount: Int?
    let isCurrent: Bool
}
