//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Files of other nodes: `source` is the node that has what is not here yet.
    static let version9 = """
        ALTER TABLE file ADD COLUMN source TEXT;
        CREATE INDEX fileWanted ON file (hash) WHERE source IS NOT NULL;
        """
}
