//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Legs that disagree with their holders' pages. The conditions are `Standing.agrees(with:)` in SQL, so that what agrees
/// is never loaded; `LegPair.missing(at:)` has the last word.
extension StoreQueries {
    /// Legs that are open or recalled here and otherwise at their holders, or whose holders' pages are not here.
    ///
    /// - Parameters:
    ///   - after: The leg to go on after; nil for the beginning.
    ///   - limit: How many rows at most.
    package func unsettledLegs(
        in scope: ReconcileScope,
        after: AssignmentID?,
        limit: Int
    ) throws -> ReconcilePage<LegPair, AssignmentID> {
        let key = after?.legKey ?? (parent: "", ordinal: 0)
        return try pairs(
            """
            SELECT \(Self.legColumns), p.post, o.document, \(Self.holderColumns)
            FROM leg AS l INDEXED BY legUnsettled
            CROSS JOIN assignment AS p ON p.id = l.parent
            CROSS JOIN workOrder AS o ON o.id = substr(p.id, 1, instr(p.id || '.', '.') - 1)
            LEFT JOIN assignment AS a ON a.id = l.parent || '.' || l.ordinal
            WHERE l.state NOT IN ('completed', 'returned') AND (l.parent, l.ordinal) > (?1, ?2)
                AND p.updatedAt <= ?3 AND (a.id IS NULL OR a.updatedAt <= ?3)
                AND (
                    (a.id IS NULL AND (l.state <> 'recalled' OR p.updatedAt >= ?5))
                    OR (l.state = 'recalled' AND a.isOpen = 1)
                    OR (l.state = 'recalled' AND a.state = 'completed' AND a.revision > l.revision)
                    OR (l.state <> 'recalled' AND NOT (
                        a.state = l.state
                        AND (a.revision = l.revision OR (a.revision > l.revision AND l.state <> 'submitted'))
                    ))
                )
            ORDER BY l.parent, l.ordinal LIMIT ?4
            """,
            [
                key.parent, key.ordinal, scope.unchangedSince.milliseconds, limit,
                // Where everything is hosted here, a recall that never arrived is sent however old it is.
                scope.remoteSince?.milliseconds ?? Int64.min,
            ],
            limit: limit
        )
    }

    /// Legs that are completed or returned here and still open at their holders.
    package func settledLegs(
        in scope: ReconcileScope,
        after: AssignmentID?,
        limit: Int
    ) throws -> ReconcilePage<LegPair, AssignmentID> {
        // The issuer's key is all of the holder's but the last ordinal and its dot.
        try pairs(
            """
            SELECT \(Self.legColumns), p.post, o.document, \(Self.holderColumns)
            FROM assignment AS a INDEXED BY assignmentOpen
            CROSS JOIN leg AS l ON l.parent = substr(rtrim(a.id, '0123456789'), 1, length(rtrim(a.id, '0123456789')) - 1)
                AND l.ordinal = CAST(substr(a.id, length(rtrim(a.id, '0123456789')) + 1) AS INTEGER)
            CROSS JOIN assignment AS p ON p.id = l.parent
            CROSS JOIN workOrder AS o ON o.id = substr(p.id, 1, instr(p.id || '.', '.') - 1)
            WHERE a.isOpen = 1 AND a.id > ?1
                AND p.updatedAt <= ?2 AND a.updatedAt <= ?2 AND l.state IN ('completed', 'returned')
            ORDER BY a.id LIMIT ?3
            """,
            [after?.text ?? "", scope.unchangedSince.milliseconds, limit],
            limit: limit
        )
    }

    /// Legs completed after their sign-off whose holders' pages are not here.
    package func signedOffElsewhere(
        in scope: ReconcileScope,
        after: AssignmentID?,
        limit: Int
    ) throws -> ReconcilePage<LegPair, AssignmentID> {
        guard let since = scope.remoteSince else { return ReconcilePage(items: [], next: nil) }
        let key = after?.legKey ?? (parent: "", ordinal: 0)
        return try pairs(
            """
            SELECT \(Self.legColumns), p.post, o.document, \(Self.holderColumns)
            FROM leg AS l
            CROSS JOIN assignment AS p ON p.id = l.parent
            CROSS JOIN workOrder AS o ON o.id = substr(p.id, 1, instr(p.id || '.', '.') - 1)
            LEFT JOIN assignment AS a ON a.id = l.parent || '.' || l.ordinal
            WHERE l.state = 'completed' AND (l.parent, l.ordinal) > (?1, ?2)
                AND p.updatedAt BETWEEN ?5 AND ?3 AND a.id IS NULL
            ORDER BY l.parent, l.ordinal LIMIT ?4
            """,
            [key.parent, key.ordinal, scope.unchangedSince.milliseconds, limit, since.milliseconds],
            limit: limit
        )
    }

    private static var legColumns: String { "l.parent, l.ordinal, l.post, l.area, l.state, l.revision" }

    private static var holderColumns: String {
        Assignment.columns.split(separator: ", ").map { "a.\($0)" }.joined(separator: ", ")
    }

    private func pairs(
        _ sql: String,
        _ arguments: [any Bindable],
        limit: Int
    ) throws -> ReconcilePage<LegPair, AssignmentID> {
        let items = try connection.all(sql, arguments) { row in
            try LegPair(
                leg: Leg(row: row),
                issuer: row.post(6),
                order: workOrder(id: row.assignmentID(0).order.text, row: row, document: 7),
                holder: row.isNull(8) ? nil : Assignment(row: row, from: 8)
            )
        }
        return ReconcilePage(items: items, next: items.count < limit ? nil : items.last?.leg.id)
    }
}
