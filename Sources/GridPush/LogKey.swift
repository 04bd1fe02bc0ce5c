//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Keys of log metadata. Values are numbers, kinds and words of ours; never an address, a secret or a text.
enum LogKey {
    static let channel = "push.channel"
    static let kind = "push.kind"
    static let error = "push.error"
    static let count = "count"
}
