//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// How many streams of events are open, so that there are never too many.
final class StreamCount: Sendable {
    /// How many a process holds at most.
    static let most = 500
    /// How many of them may be one person's.
    static let mostPerPerson = 10

    private struct State {
        var total = 0
        var byPerson: [Int64: Int] = [:]
    }

    private let state = Mutex(State())

    /// Takes a place for a stream; false when there is none.
    func enter(_ person: Int64) -> Bool {
        state.withLock { state in
            guard state.total < Self.most, state.byPerson[person, default: 0] < Self.mostPerPerson else { return false }
            state.total += 1
            state.byPerson[person, default: 0] += 1
            return true
        }
    }

    /// Gives a place back.
    func leave(_ person: Int64) {
        state.withLock { state in
            state.total -= 1
            let left = state.byPerson[person, default: 1] - 1
            state.byPerson[person] = left > 0 ? left : nil
        }
    }

    /// Whether a stream would get a place now.
    func hasRoom(for person: Int64) -> Bool {
        state.withLock { $0.total < Self.most && $0.byPerson[person, default: 0] < Self.mostPerPerson }
    }
}
