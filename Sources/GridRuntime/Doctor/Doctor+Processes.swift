//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension Doctor {
    /// Looks for processes that are there and do nothing: those that hold messages and handle none, and those that have not
    /// told for long that they are alive.
    func processFindings(_ processes: [WorkerProcess]) -> [DoctorFinding] {
        let limit = Int(CareTiming().handlingLimit.components.seconds)
        var (findings, well): ([DoctorFinding], Int) = ([], 0)
        for process in processes {
            if !process.isAlive(at: clock.now) {
                // One that was killed stays in the file for a while, and is nobody's trouble.
                guard ProcessIdentity.isAlive(process.name) else { continue }
                let age = (clock.now.milliseconds - process.seenAt.milliseconds) / 1_000
                findings.append(hung(process, "has not told for \(age) s that it is alive"))
            } else if let report = process.measured(logger), let seconds = report.stalledSeconds, seconds >= limit {
                findings.append(hung(process, "holds \(report.held) messages and has handled none for \(seconds) s"))
            } else {
                well += 1
            }
        }
        if well > 0 { findings.append(DoctorFinding("processes", .ok, "at work on this state file: \(well)")) }
        return findings
    }

    private func hung(_ process: WorkerProcess, _ what: String) -> DoctorFinding {
        DoctorFinding(
            "processes",
            .error,
            "the \(process.duties) \(process.name) \(what)",
            advice: "look at the end of its log, then start it again: nothing is lost by that"
        )
    }
}
