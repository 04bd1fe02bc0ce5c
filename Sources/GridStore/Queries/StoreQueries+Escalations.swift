//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// Escalations, the newest first.
    ///
    /// - Parameters:
    ///   - superior: Only those that this post has to answer; nil for all of the file.
    ///   - openOnly: Whether only those that wait for an answer.
    ///   - limit: How many at most.
    package func escalations(of superior: PostAddress?, openOnly: Bool, limit: Int = 1_000) throws -> [Escalation] {
        var conditions: [String] = []
        if openOnly {
            conditions.append("state = 'open'")
        }
        if superior != nil {
            conditions.append("superior = ?2")
        }
        return try connection.all(
            """
            SELECT \(Escalation.columns) FROM escalation
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY n DESC LIMIT ?1
            """,
            superior.map { [limit, $0.description] } ?? [limit],
            Escalation.init(row:)
        )
    }

    /// Whether an assignment was ever escalated to a superior.
    package func hasEscalation(of assignment: AssignmentID, to superior: PostAddress) throws -> Bool {
        try connection.number(
            "SELECT EXISTS (SELECT 1 FROM escalation WHERE superior = ? AND assignment = ?)",
            [superior.description, assignment.text]
        ) == 1
    }
}
