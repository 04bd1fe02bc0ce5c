//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How often a process looks whether it hears and handles what it should, and how long it may fail to.
package struct CareTiming: Sendable {
    /// How often claims and consumers are looked at and an echo is sent.
    package var interval: Duration
    /// How long messages may be held without one of them being handled before the process counts as hung: far longer than the
    /// largest transaction takes, and than a state file that others write to is waited for.
    package var handlingLimit: Duration

    /// Creates a timing.
    package init(interval: Duration = .seconds(60), handlingLimit: Duration = .seconds(120)) {
        self.interval = interval
        self.handlingLimit = handlingLimit
    }

    /// How old a pulse may be: three times the interval at which a process that serves its mailboxes sends itself a message.
    var pulseLimit: Duration { interval * 3 }
}
