//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Whether a process does what it is there for, in words that anybody may read: they name parts of the program and
/// times, never a place, a person or a path.
package struct Health: Sendable {
    /// What is looked at.
    package enum Part: String, Sendable, CaseIterable {
        /// The state file can be written.
        case stateFile
        /// Frames arrive from the broker.
        case broker
        /// The mailboxes are served.
        case mailboxes
        /// The process is at work: messages to itself come back, or attempts to connect end.
        case pulse
    }

    /// What was found of a part.
    package struct Check: Sendable, Hashable {
        /// The part.
        package let part: Part
        /// What is wrong with it; nil where nothing is.
        package let problem: String?

        /// Creates a check.
        package init(part: Part, problem: String?) {
            self.part = part
            self.problem = problem
        }
    }

    /// What a process that serves mailboxes is judged by.
    package struct Signs: Sendable {
        let readiness: Readiness
        let pulse: Pulse
        let mailboxes: BrokerLink
        /// How long the broker may be silent: two of the heartbeats that it has promised to send.
        let silence: Duration
    }

    private let stateFileAge: (@Sendable () -> Duration)?
    private let signs: Signs?

    /// Creates the health of a process.
    ///
    /// - Parameters:
    ///   - stateFileAge: How long ago its state file could be written, see ``StateFileProbe``; nil where nobody tries.
    ///   - signs: What tells whether it serves its mailboxes; nil for a process that serves none.
    package init(stateFileAge: (@Sendable () -> Duration)? = nil, signs: Signs? = nil) {
        self.stateFileAge = stateFileAge
        self.signs = signs
    }

    /// Whether the process is worth keeping: where a part fails, only starting it again helps.
    ///
    /// The same rule as the one by which ``ServiceManagerNotices`` feeds a service manager's watchdog. A broker that is away
    /// is not the process's fault.
    package func live() -> [Check] {
        guard let signs else { return [] }
        return [Check(part: .pulse, problem: signs.readiness.wasServed ? stopped(signs.pulse) : nil)]
    }

    /// Whether the process does its work now. A node that is deaf does not.
    package func ready() -> [Check] {
        var checks: [Check] = []
        if let age = stateFileAge?() {
            let problem = age < StateFileProbe.patience ? nil : "it could not be written for \(Self.seconds(age))"
            checks.append(Check(part: .stateFile, problem: problem))
        }
        if let signs {
            checks.append(Check(part: .broker, problem: silent(signs)))
            let problem = signs.readiness.isServed ? nil : "they are not being served"
            checks.append(Check(part: .mailboxes, problem: problem))
            checks.append(Check(part: .pulse, problem: stopped(signs.pulse)))
        }
        return checks
    }

    private func silent(_ signs: Signs) -> String? {
        guard let silence = signs.mailboxes.silence else { return "there is no connection" }
        return silence < signs.silence ? nil : "nothing was heard from it for \(Self.seconds(silence))"
    }

    private func stopped(_ pulse: Pulse) -> String? {
        let age = pulse.age
        return age < ServiceManagerNotices.patience ? nil : "no message came back for \(Self.seconds(age))"
    }

    private static func seconds(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
}
