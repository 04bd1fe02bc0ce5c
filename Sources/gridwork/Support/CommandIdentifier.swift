//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// The identifier of a command given at this machine.
enum CommandIdentifier {
    /// The identifier that was given, or a new one: a person's command is caused by nothing it could be derived from.
    static func make(_ given: String?) throws -> MessageID {
        guard let id = MessageID(given ?? "cli-\(UUID().uuidString.lowercased())"), id.problemAsCommand == nil else {
            throw CommandFailure.usage(
                "--command-id takes 1 to \(MessageID.maximumRootLength) printable ASCII characters without spaces and slashes"
            )
        }
        return id
    }
}
