//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// When the file was put in the place of a later one; NULL for never. Orders were issued since it was copied, and their
    /// case numbers must not be given again.
    static let version11 = """
        ALTER TABLE node ADD COLUMN restoredAt INTEGER;
        """
}
