//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime

/// By whose clocks a command shows times: set once, for all that it prints.
enum Office {
    @TaskLocal static var zone = OfficeZone.china
}

extension Instant {
    /// The time as people in the office read it, to the second, `2026-11-23 16:46:32`. JSON has it exact and in UTC.
    var local: String {
        String(Office.zone.reading(at: self).description.prefix(19).replacing("T", with: " "))
    }
}

extension Instant? {
    /// The time as people here read it, or a dash.
    var local: String { self?.local ?? "-" }
}
