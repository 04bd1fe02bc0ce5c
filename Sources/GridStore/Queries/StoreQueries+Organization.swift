//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension StoreQueries {
    /// The newest organization and its version; nil when none was saved.
    package func organization() throws -> (version: Int, document: [UInt8])? {
        try connection.first("SELECT version, document FROM organization ORDER BY version DESC LIMIT 1", []) { row in
            try (version: Int(row.integer(0)), document: row.bytes(1))
        }
    }

    /// The version of the newest organization; 0 when none was saved. Cheap enough to ask in every transaction.
    package func organizationVersion() throws -> Int {
        try connection.number("SELECT version FROM organization ORDER BY version DESC LIMIT 1", [])
    }
}
