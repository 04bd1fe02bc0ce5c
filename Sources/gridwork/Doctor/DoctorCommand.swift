//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything a node rests on, or at what each credential may do, and say what to do.",
        subcommands: [DoctorExamine.self, DoctorPermissions.self],
        defaultSubcommand: DoctorExamine.self
    )
}
