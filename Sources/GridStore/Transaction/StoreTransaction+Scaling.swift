//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Sets how some mailboxes are to be served, in place of what was said before about them or some of them.
    ///
    /// - Returns: The version of the desired state that says so.
    package func setScale(_ rule: ScaleRule) throws -> Int {
        let numbers = try connection.all("SELECT n FROM scaleRule ORDER BY n", []) { try $0.integer(0) }
        for (n, earlier) in zip(numbers, try scaleRules().rules) where rule.supersedes(earlier) {
            try connection.run("DELETE FROM scaleRule WHERE n = ?", [n])
        }
        var (workers, prefetch, isPaused, policy): (Int?, Int?, Bool?, String?) = (nil, nil, nil, nil)
        switch rule.instruction {
        case .workers(let count, let each): (workers, prefetch) = (count, each)
        case .automatic(let found): policy = try found.json
        case .pause: isPaused = true
        case .resume: isPaused = false
        }
        // Said of everything, what holds without a word needs no words.
        if rule.scope != MailboxScope() || workers != nil || prefetch != nil || isPaused == true || policy != nil {
            try connection.run(
                """
                INSERT INTO scaleRule (area, role, workers, prefetch, isPaused, setAt, policy) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    rule.scope.area?.digits, rule.scope.role, workers, prefetch, isPaused, rule.setAt.milliseconds,
                    policy,
                ]
            )
        }
        return try raiseScaleVersion()
    }

    /// Writes a process into the file, and strikes out those that were not seen for long.
    package func registerProcess(_ process: WorkerProcess) throws {
        try connection.run(
            "DELETE FROM process WHERE seenAt < ?",
            [process.seenAt.milliseconds - 4 * WorkerProcess.patience]
        )
        try connection.run(
            """
            INSERT INTO process (name, duties, selection, startedAt, seenAt) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET duties = excluded.duties, selection = excluded.selection, seenAt = excluded.seenAt
            """,
            [
                process.name, process.duties, process.selection, process.startedAt.milliseconds,
                process.seenAt.milliseconds,
            ]
        )
        _ = try raiseScaleVersion()
    }

    /// Notes that a process is going to subscribe to mailboxes: from now on it has to be waited for, see
    /// ``WorkerProcess/released``.
    ///
    /// - Returns: false when the file does not know the process (yet).
    package func beginProcess(_ name: String) throws -> Bool {
        try connection.run("UPDATE process SET released = 0 WHERE name = ?", [name])
        return connection.db.changesCount > 0
    }

    /// Notes that a process is alive, what it has carried out and given up, whether it serves and what it measured.
    ///
    /// That it is alive and what it measured is looked up when it is asked for, so nobody is woken by that alone: every
    /// process says it every few seconds, and all watchers in all of them would look for nothing.
    ///
    /// - Returns: false when the file does not know the process (any more).
    package func noteProcess(
        _ name: String,
        applied: Int,
        released: Int,
        isServing: Bool,
        report: String,
        at instant: Instant
    ) throws -> Bool {
        try connection.run(
            "UPDATE process SET isServing = ? WHERE name = ? AND (isServing <> ? OR seenAt < ?)",
            [isServing, name, isServing, instant.milliseconds - WorkerProcess.patience]
        )
        // Its mailboxes come back to it, or go to others; who was silent for long was taken for dead by them.
        if connection.db.changesCount > 0 { _ = try raiseScaleVersion() }
        try connection.run(
            "UPDATE process SET applied = ?1, released = ?2 WHERE name = ?3 AND (applied <> ?1 OR released <> ?2)",
            [applied, released, name]
        )
        try connection.run(
            "UPDATE process SET seenAt = ?, report = ? WHERE name = ?",
            [instant.milliseconds, report, name]
        )
        connection.memo.silentChanges += connection.db.changesCount
        return connection.db.changesCount > 0
    }

    /// Has a process take no more messages, or take them again.
    ///
    /// - Returns: The version of the desired state that says so; nil when the file does not know the process.
    package func setDraining(_ isDraining: Bool, of name: String) throws -> Int? {
        try connection.run("UPDATE process SET isDraining = ? WHERE name = ?", [isDraining, name])
        return connection.db.changesCount > 0 ? try raiseScaleVersion() : nil
    }

    /// Strikes out a process that ends.
    package func removeProcess(_ name: String) throws {
        try connection.run("DELETE FROM process WHERE name = ?", [name])
        if connection.db.changesCount > 0 { _ = try raiseScaleVersion() }
    }

    /// Tells the processes that something about the desired state is new.
    func raiseScaleVersion() throws -> Int {
        try connection.run("UPDATE node SET scaleVersion = scaleVersion + 1 WHERE n = 1", [])
        return try scaleVersion()
    }
}
