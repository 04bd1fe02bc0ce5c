//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How a mailbox is to be served, by all processes of a node together.
package struct MailboxScale: Hashable, Sendable {
    /// How many workers a mailbox may have.
    package static let workerRange = 1...64
    /// How many messages a worker may hold.
    package static let prefetchRange = 1...1_000

    /// How many workers serve it, shared between the processes; nil for one in each process. None only where a policy found
    /// nothing to do; the node that keeps the policy gives it one when there is.
    package var workers: Int?
    /// How many messages each of them may hold; nil for what a process allots by itself.
    package var prefetch: Int?
    /// Since when it is paused, so that its mail stays at the broker; nil while it is served.
    package var pausedAt: Instant?
    /// What the workers are reckoned by; nil where somebody said how many.
    package var policy: AutoscalePolicy?
    /// What was decided by the policy last; nil before it was.
    package var decision: AutoscaleDecision?

    /// Creates a scale; without arguments, that of a mailbox of which nothing was said.
    package init(workers: Int? = nil, prefetch: Int? = nil, pausedAt: Instant? = nil) {
        self.workers = workers
        self.prefetch = prefetch
        self.pausedAt = pausedAt
    }

    /// Whether it is not to be served.
    package var isPaused: Bool { pausedAt != nil }

    /// Whether nobody needs to serve it now: it is paused, or its policy found nothing to do.
    package var isAtRest: Bool { isPaused || workers == 0 }
}

/// Something an operator said about some mailboxes.
package struct ScaleRule: Hashable, Sendable {
    /// What was said.
    package enum Instruction: Hashable, Sendable {
        /// How many workers there are to be, and how much each may hold; nil for what holds without a word.
        case workers(Int?, prefetch: Int?)
        /// As many workers as a policy reckons.
        case automatic(AutoscalePolicy)
        /// Not to be served.
        case pause
        /// To be served again.
        case resume

        /// Whether it is about the same thing as another, and so takes its place.
        func replaces(_ other: Instruction) -> Bool { isAboutWorkers == other.isAboutWorkers }

        private var isAboutWorkers: Bool {
            switch self {
            case .workers, .automatic: true
            case .pause, .resume: false
            }
        }
    }

    /// The mailboxes.
    package var scope: MailboxScope
    /// What was said.
    package var instruction: Instruction
    /// When.
    package var setAt: Instant

    /// Creates a rule.
    package init(_ scope: MailboxScope, _ instruction: Instruction, setAt: Instant) {
        self.scope = scope
        self.instruction = instruction
        self.setAt = setAt
    }

    /// Whether it leaves nothing of what an earlier rule said.
    package func supersedes(_ earlier: ScaleRule) -> Bool {
        instruction.replaces(earlier.instruction) && scope.contains(earlier.scope)
    }
}

/// All that operators said and that still stands, oldest first: of what was said about a mailbox, the last word counts.
///
/// Rules about areas and roles rather than about mailboxes, so that a cell that the organization gets later is served as
/// its community is.
package struct ScaleRules: Hashable, Sendable {
    /// The rules, oldest first.
    package let rules: [ScaleRule]
    /// What was decided last by policies, by the names of the mailboxes.
    package let decisions: [String: AutoscaleDecision]

    /// Creates rules.
    ///
    /// - Parameters:
    ///   - rules: Oldest first.
    ///   - decisions: What was decided last by policies, by the names of the mailboxes; counts only where one holds.
    package init(_ rules: [ScaleRule] = [], decisions: [String: AutoscaleDecision] = [:]) {
        self.rules = rules
        self.decisions = decisions
    }

    /// Whether any policy holds anywhere.
    package var haveAPolicy: Bool {
        rules.contains { rule in
            if case .automatic = rule.instruction { true } else { false }
        }
    }

    /// How a mailbox is to be served.
    package func scale(of mailbox: Mailbox) -> MailboxScale {
        var scale = MailboxScale()
        for rule in rules where rule.scope.contains(mailbox) {
            switch rule.instruction {
            case .workers(let workers, let prefetch):
                (scale.workers, scale.prefetch, scale.policy) = (workers, prefetch, nil)
            case .automatic(let policy):
                (scale.prefetch, scale.policy) = (policy.prefetch, policy)
            // Who says it again has paused it since the first time.
            case .pause: scale.pausedAt = scale.pausedAt ?? rule.setAt
            case .resume: scale.pausedAt = nil
            }
        }
        if let policy = scale.policy {
            scale.decision = decisions[mailbox.name]
            scale.workers = policy.bounded(scale.decision?.workers)
        }
        return scale
    }
}
