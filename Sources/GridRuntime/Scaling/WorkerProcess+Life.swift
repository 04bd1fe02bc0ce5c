//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension WorkerProcess {
    /// Whether the process lives, as far as can be told: it was seen lately, and is not known to be dead. One that was killed
    /// is known to be at once by those that see the same processes, and by others when it has not told for long.
    func isAlive(at now: Instant) -> Bool { wasSeenLately(at: now) && !ProcessIdentity.isKnownDead(name) }
}
