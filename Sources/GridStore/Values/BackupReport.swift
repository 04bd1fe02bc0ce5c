//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a backup has.
package struct BackupReport: Sendable, Hashable {
    /// The size of the copy of the state file in bytes.
    package var bytes: Int
    /// The size of the copy of the archive in bytes; 0 where there is none.
    package var archiveBytes = 0
    /// How many attached files are beside it.
    package var files: Int
    /// How many attached files could not be found, which the state file's own folder lacks too.
    package var missing: Int
}
