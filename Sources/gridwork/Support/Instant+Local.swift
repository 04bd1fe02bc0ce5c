//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension Instant {
    /// The time as people here read it: China's, to the second, `2026-11-23 16:46:32`. JSON has it exact and in UTC.
    var local: String {
        let shifted = adding(milliseconds: CalendarDay.chinaOffsetMinutes * 60_000)
        return String(shifted.description.prefix(19).replacing("T", with: " "))
    }
}

extension Instant? {
    /// The time as people here read it, or a dash.
    var local: String { self?.local ?? "-" }
}
