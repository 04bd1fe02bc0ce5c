//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore

/// Why an item is escalated, and that its holder has to wait for the answer.
enum EscalationText {
    /// The text; nil for an item that is not escalated.
    static func of(_ assignment: Assignment, _ time: OfficeTime, in store: StoreReader) throws -> String? {
        guard assignment.state == .escalated else { return nil }
        let line = try store.newestLine(of: assignment.id, .escalated)
        let reason = line?.note.map(time.note) ?? ""
        // What the clock escalates nobody has reported, and nobody has asked for an answer.
        return time.texts(line?.actor == nil ? "escalatedByClock" : "escalatedFor", ["reason": reason])
    }
}
