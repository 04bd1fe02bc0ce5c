//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The timers an assignment can have.
package enum TimerKind: String, Sendable, Codable, CaseIterable {
    /// 80 % of the time for acknowledging is over.
    case acceptUrge
    /// The time for acknowledging is over.
    case acceptExpired
    /// 80 % of the time for doing it is over.
    case dueUrge
    /// The time for doing it is over.
    case dueExpired
}
