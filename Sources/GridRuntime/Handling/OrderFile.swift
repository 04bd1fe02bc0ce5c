//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Reads a work order file.
package enum OrderFile {
    /// Reads a file's bytes.
    ///
    /// - Throws: `BadMessage`, saying what does not fit and where.
    package static func draft(from bytes: [UInt8]) throws(BadMessage) -> OrderDraft {
        try CommandCodec().draft(from: bytes)
    }
}
