//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// What the broker lost, counted, and how much of that has been made good.
    ///
    /// In the file, since it is any process of a node that sees its mailbox deleted, and one that compares the pages.
    static let version7 = """
        ALTER TABLE node ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE node ADD COLUMN lossesMadeGood INTEGER NOT NULL DEFAULT 0;
        """
}
