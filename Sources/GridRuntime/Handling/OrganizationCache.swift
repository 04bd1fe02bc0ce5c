//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel
package import GridStore
import Synchronization

/// The organization of the state file, decoded once for each version.
///
/// Another process may apply a new one at any time, so the version is asked for in every transaction; that is one
/// cheap row.
package final class OrganizationCache: Sendable {
    private let state = Mutex<(version: Int, organization: Organization)?>(nil)

    /// Creates an empty cache.
    package init() {}

    /// The organization as of `store`'s transaction, nil when none has been applied yet.
    package func organization(in store: some StoreQueries) throws -> (version: Int, organization: Organization)? {
        let version = try store.organizationVersion()
        guard version > 0 else { return nil }
        if let known = state.withLock(\.self), known.version == version { return known }
        guard let saved = try store.organization() else { return nil }
        let organization = try OrganizationFile.organization(from: saved.document)
        let loaded = (version: saved.version, organization: organization)
        state.withLock { $0 = loaded }
        return loaded
    }
}
