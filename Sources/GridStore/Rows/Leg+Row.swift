//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension Leg {
    /// The columns, in the order in which `init(row:)` reads and `arguments` binds them.
    static let columns = "parent, ordinal, post, area, state, revision"

    init(row: ResultRow) throws {
        try self.init(
            id: row.assignmentID(0).leg(Int(row.integer(1))),
            post: row.post(2),
            area: row.area(3)
        )
        state = try row.named(4)
        revision = try Int(row.integer(5))
    }

    var arguments: [any Bindable] {
        let key = id.legKey
        return [key.parent, key.ordinal, post.text, area.digits, state.rawValue, revision]
    }
}

extension AssignmentID {
    /// The leg's key on its issuer's page. A root is nobody's leg and has the ordinal 0, which no leg has.
    var legKey: (parent: String, ordinal: Int) {
        guard let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
            let ordinal = Int(text[text.utf8.index(after: dot)...])
        else { return (text, 0) }
        return (String(text[..<dot]), ordinal)
    }

    /// The end of the range of keys that begins with this assignment's and holds all below it, not included.
    ///
    /// Only `.` can follow a whole identifier, and `/` is the next character after it.
    var rangeEnd: String { text + "/" }
}
