//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// Whether people are told what reaches their posts.
extension Doctor {
    /// How long a push that is due may wait, in milliseconds, before somebody should look: a rate limit and a digest of many
    /// take their time.
    private static let patienceWithPushes: Int64 = 600_000

    /// What is to be said of the pushes; nothing where nobody is told anything.
    func pushFindings(_ store: StateFile) async throws -> [DoctorFinding] {
        let now = clock.now
        let (isUsed, figures) = try await store.read { store in
            (try store.hasPushChannels(), try store.pushFigures(at: now))
        }
        guard isUsed else { return [] }
        var findings: [DoctorFinding] = []
        if figures.givenUp > 0 {
            findings.append(
                DoctorFinding(
                    "pushes",
                    .warning,
                    "\(figures.givenUp) pushes were given up in the last thirty days",
                    advice: "gridwork push queue --state givenUp says why; mend or remove the channel, and try it with"
                        + " gridwork push test"
                )
            )
        }
        let late = figures.oldestDue.map { now.milliseconds - $0.milliseconds } ?? 0
        findings.append(
            late > Self.patienceWithPushes
                ? DoctorFinding(
                    "pushes",
                    .warning,
                    "\(figures.waiting) pushes wait to be sent, the oldest for \(late / 1_000) s",
                    advice: "start gridwork up if no node runs; gridwork push list shows the channels that fail"
                )
                : DoctorFinding("pushes", .ok, "\(figures.waiting) pushes wait to be sent")
        )
        return findings
    }
}
