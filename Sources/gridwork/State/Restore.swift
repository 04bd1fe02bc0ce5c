//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import GridRuntime
import GridStore

/// `gridwork restore`.
struct Restore: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the state file. No process may have the state file open.",
        discussion: "The file that was there is kept beside it, under a name that ends with the time."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The backup.", completion: .file())
    var file: String

    private static let ofTheBackup: Set<StoreError.Code> = [.notADatabase, .newerVersion, .corrupt]

    private struct Report: Encodable {
        let restored: String
        let from: String
        let kept: String?
    }

    func execute(_ context: Context) async throws {
        let path = context.settings.statePath
        guard FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure.notFound("there is no file \(file)")
        }
        let kept: String?
        do {
            kept = try StateFile.restoreNow(file, to: path, at: WallClock.system.now)
        } catch let error as StoreError where Self.ofTheBackup.contains(error.code) {
            let failure = Failure("bad-file", "The backup does not hold", error.message, exit: Failure.Exit.data)
            throw CommandFailure(failure: failure)
        }
        try context.output.result(Report(restored: path, from: file, kept: kept)) { report in
            ["\(report.restored) is what \(report.from) was."]
                + (report.kept.map { ["The file that was there is kept as \($0)."] } ?? [])
        }
    }
}
