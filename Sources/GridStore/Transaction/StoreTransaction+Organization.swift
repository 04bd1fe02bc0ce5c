//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreTransaction {
    /// Saves an organization; earlier versions stay.
    ///
    /// Which process has which mailbox depends on it, so this is a new version of the desired state of the workers, too.
    ///
    /// - Returns: Its version, counted from 1.
    package func saveOrganization(_ document: [UInt8], at instant: Instant) throws -> Int {
        let version = try organizationVersion() + 1
        try connection.run(
            "INSERT INTO organization (version, document, savedAt) VALUES (?, ?, ?)",
            [version, document, instant.milliseconds]
        )
        _ = try raiseScaleVersion()
        return version
    }
}
