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
        /// The process is at work: messages to itself come back and what it holds is handled, or attempts to connect end.
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
        /// What is held and handled.
        let gauge: WorkerGauge
        let timing: CareTiming
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
        return [Check(part: .pulse, problem: signs.readiness.wasServed ? stopped(signs) : nil)]
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
            checks.append(Check(part: .mailboxes, problem: unserved(signs)))
            checks.append(Check(part: .pulse, problem: stopped(signs)))
        }
        return checks
    }

    private func silent(_ signs: Signs) -> String? {
        guard let silence = signs.mailboxes.silence else { return "there is no connection" }
        return silence < signs.silence ? nil : "nothing was heard from it for \(Self.seconds(silence))"
    }

    private func unserved(_ signs: Signs) -> String? {
        guard signs.readiness.isServed else { return "they are not being served" }
        let stalled = signs.gauge.stalled()
        guard stalled >= signs.timing.handlingLimit else { return nil }
        return "messages are held, and none was handled for \(Self.seconds(stalled))"
    }

    private func stopped(_ signs: Signs) -> String? {
        let age = signs.pulse.age
        guard age >= signs.timing.pulseLimit else { return nil }
        return "no message came back, or none was handled, for \(Self.seconds(age))"
    }

    private static func seconds(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
}
