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
        discussion: """
            The backup is checked before it gets its name. The attached files go into FILE-files beside it, as second names
            of the same files where the file system can. gridwork restore puts both back.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Where the backup goes.", completion: .file())
    var file: String

    @Flag(help: "Overwrite a file that is there.")
    var force = false

    private struct Report: Encodable {
        let backup: String
        let bytes: Int
        let archiveBytes: Int
        let files: Int
        let missing: Int
    }

    func execute(_ context: Context) async throws {
        guard FileManager.default.fileExists(atPath: context.settings.statePath) else {
            throw CommandFailure.notFound("there is no state file \(context.settings.statePath) to back up")
        }
        let backup = try await context.withStore { try $0.backupNow(to: file, overwriting: force) }
        let report = Report(
            backup: file,
            bytes: backup.bytes,
            archiveBytes: backup.archiveBytes,
            files: backup.files,
            missing: backup.missing
        )
        try context.output.result(report) { report in
            ["\(report.backup): \(report.bytes) bytes, checked."]
                + (report.archiveBytes > 0 ? ["\(report.backup)-archive: \(report.archiveBytes) bytes, checked."] : [])
                + (report.files > 0 ? ["\(report.backup)-files: \(report.files) attached files."] : [])
                + (report.missing > 0
                    ? [
                        "\(report.missing) attached files are missing from the state file's own folder; restore an older backup"
                    ] : [])
        }
    }
}
