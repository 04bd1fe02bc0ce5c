//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// One thing the doctor looked at.
package struct DoctorFinding: Sendable, Hashable, Codable {
    /// How bad it is.
    package enum Level: String, Sendable, Codable, Comparable {
        case ok, warning, error

        package static func < (left: Level, right: Level) -> Bool {
            let order: [Level] = [.ok, .warning, .error]
            return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
        }
    }

    /// What was looked at, for instance `broker`.
    package let check: String
    /// How bad it is.
    package let level: Level
    /// What was found.
    package let finding: String
    /// What to do about it; nil when nothing is to be done.
    package let advice: String?

    /// Creates a finding.
    package init(_ check: String, _ level: Level, _ finding: String, advice: String? = nil) {
        self.check = check
        self.level = level
        self.finding = finding
        self.advice = advice
    }
}
