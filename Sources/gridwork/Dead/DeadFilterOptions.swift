//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime

/// Options that pick dead letters.
struct DeadFilterOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: "The reasons, the last part of a problem's type: \(DeadLetterProblem.Kind.list)."
    )
    var reason: [String] = []

    @Option(help: "The mailbox a letter came off or was going to, or the first words of its routing key.")
    var mailbox: String?

    @Option(help: "Dead for so long at least, a duration like PT6H or P2D.")
    var olderThan: Deadline?

    @Option(help: "Dead for so long at most.")
    var newerThan: Deadline?

    var isEmpty: Bool { reason.isEmpty && mailbox == nil && olderThan == nil && newerThan == nil }

    func validate() throws {
        let kinds = Set(DeadLetterProblem.Kind.allCases.map(\.rawValue))
        for word in reason where !kinds.contains(word) {
            throw ValidationError("There is no reason \(word); there are \(DeadLetterProblem.Kind.list).")
        }
    }

    /// The filter, ages being counted back from now.
    var filter: DeadLetterFilter {
        let now = WallClock.system.now
        return DeadLetterFilter(
            reasons: Set(reason),
            mailbox: mailbox,
            until: olderThan.map { $0.instant(before: now) },
            from: newerThan.map { $0.instant(before: now) }
        )
    }
}

extension DeadLetterProblem.Kind {
    fileprivate static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Deadline {
    /// The instant a duration ago, or the fixed instant.
    fileprivate func instant(before now: Instant) -> Instant {
        switch self {
        case .at(let instant): instant
        case .after(let milliseconds): now.adding(milliseconds: -milliseconds)
        }
    }
}
