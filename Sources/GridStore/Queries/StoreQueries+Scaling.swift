//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// What operators said about how mailboxes are to be served, and what their policies decided.
    package func scaleRules() throws -> ScaleRules {
        let sql = "SELECT area, role, workers, prefetch, isPaused, setAt, policy FROM scaleRule ORDER BY n"
        let rules = ScaleRules(
            try connection.all(sql, []) { row in
                let scope = MailboxScope(area: try row.isNull(0) ? nil : row.area(0), role: row.textIfAny(1))
                let instruction: ScaleRule.Instruction
                if let policy = row.textIfAny(6) {
                    instruction = .automatic(try AutoscalePolicy(json: policy))
                } else if let isPaused = row.integerIfAny(4) {
                    instruction = isPaused != 0 ? .pause : .resume
                } else {
                    let (workers, prefetch) = (row.integerIfAny(2), row.integerIfAny(3))
                    instruction = .workers(workers.map(Int.init), prefetch: prefetch.map(Int.init))
                }
                return ScaleRule(scope, instruction, setAt: try row.instant(5))
            }
        )
        // Few files have policies, and every process reads this whenever something changes.
        return rules.haveAPolicy ? ScaleRules(rules.rules, decisions: try autoscaleDecisions()) : rules
    }

    /// The version of the desired state: a higher one says that something about it is new.
    package func scaleVersion() throws -> Int {
        try connection.number("SELECT scaleVersion FROM node WHERE n = 1", [])
    }

    /// The processes that wrote themselves into the file, those that began first coming first.
    package func workerProcesses() throws -> [WorkerProcess] {
        try connection.all(
            """
            SELECT name, duties, selection, startedAt, seenAt, isDraining, isServing, applied, report, released
            FROM process
            ORDER BY startedAt, name
            """,
            [],
            WorkerProcess.init(row:)
        )
    }
}
