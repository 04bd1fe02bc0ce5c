//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import GridStore

/// `gridwork backup`.
struct Backup: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the state file as it is now into a file of its own; a node may run meanwhile.",
        discussion: "The backup is checked before it gets its name. gridwork restore puts it back."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Where the backup goes.", completion: .file())
    var file: String

    @Flag(help: "Overwrite a file that is there.")
    var force = false

    private struct Report: Encodable {
        let backup: String
        let bytes: Int
    }

    func execute(_ context: Context) async throws {
        guard FileManager.default.fileExists(atPath: context.settings.statePath) else {
            throw CommandFailure.notFound("there is no state file \(context.settings.statePath) to back up")
        }
        let bytes = try await context.withStore { try $0.backupNow(to: file, overwriting: force) }
        try context.output.result(Report(backup: file, bytes: bytes)) { ["\($0.backup): \($0.bytes) bytes, checked."] }
    }
}
