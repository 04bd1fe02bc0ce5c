//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridTerminal

/// `gridwork doctor examine`, which `gridwork doctor` means: looks at everything a node rests on.
struct DoctorExamine: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "examine",
        abstract: "Check broker, topology, state file, versions and clock, and say what to do.",
        discussion: "Exits 1 when something is an error."
    )

    @OptionGroup var global: GlobalOptions

    private struct Report: Encodable {
        let version: String
        let healthy: Bool
        let findings: [DoctorFinding]
    }

    func execute(_ context: Context) async throws {
        let doctor = Doctor(
            broker: context.settings.broker,
            selection: context.settings.hosted,
            logger: context.logger
        )
        let findings = try await context.withStore { await doctor.examine($0) }
        let worst = findings.map(\.level).max() ?? .ok
        let report = Report(version: gridworkVersion, healthy: worst != .error, findings: findings)
        try context.output.result(report) { report in
            var table = Table(["", "CHECK", "FINDING"])
            table.add(["ok", "version", "gridwork \(report.version)"])
            for finding in report.findings {
                let advice = finding.advice.map { " → \($0)" } ?? ""
                table.add([finding.level.rawValue, finding.check, finding.finding + advice])
            }
            return table.lines
        }
        if worst == .error { throw ExitCode(Failure.Exit.refused) }
    }
}
