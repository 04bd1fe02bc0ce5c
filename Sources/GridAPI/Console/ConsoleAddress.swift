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
    private static let orderPrefix = "/orders/"

    /// An order's page.
    static func order(_ id: OrderID) -> String { "\(orderPrefix)\(id)" }

    /// A branch of an order's tree, as a page of its own.
    static func branch(_ id: AssignmentID) -> String { "\(order(id.order))?in=\(id)" }

    /// What recalling an order is sent to.
    static func recall(_ id: OrderID) -> String { "\(order(id))/recall" }

    /// Whether a path is of the console.
    static func isConsole(_ path: String) -> Bool {
        path == orders || path == issued || path.hasPrefix(orderPrefix)
    }
}

/// A page of the console, as its menu names it.
enum ConsoleSection: String, CaseIterable, Sendable {
    case orders, issue, field

    var address: String {
        switch self {
        case .orders: ConsoleAddress.orders
        case .issue: ConsoleAddress.issue
        case .field: PageAddress.home
        }
    }
}

extension ConsoleSection {
    /// Whether somebody has a use for it.
    func isFor(_ access: Access) -> Bool {
        switch self {
        case .orders, .field: true
        case .issue: !IssuePage.issuers(access).isEmpty
        }
    }
}

/// A page in the menu; names as in `console.mustache`.
struct MenuView: Sendable {
    let menuLink: String
    let menuLabel: String
    let isCurrent: Bool
}
