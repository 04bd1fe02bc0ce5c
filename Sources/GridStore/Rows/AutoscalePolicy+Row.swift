//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AutoscalePolicy {
    /// The policy as it stands in the file.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    /// Reads a policy as it stands in the file.
    init(json: String) throws {
        do {
            self = try JSONDecoder().decode(AutoscalePolicy.self, from: Data(json.utf8))
        } catch {
            throw StoreError(.corrupt, "A policy for workers cannot be read; say it again.", cause: error)
        }
    }
}
