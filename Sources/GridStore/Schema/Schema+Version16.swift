//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Which orders have their history in the archive.
    static let version16 = """
        -- The last of the order's lines that the archive has; NULL while it has none.
        ALTER TABLE workOrder ADD COLUMN archivedLine INTEGER;
        -- Whether lines are here that belong, or will belong, into the archive.
        ALTER TABLE workOrder ADD COLUMN isKept INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX workOrderKept ON workOrder (issuedAt, id) WHERE isKept = 1;
        """
}
