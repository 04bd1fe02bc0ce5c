//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A note that nobody wrote: what the rules themselves put into the history and into mail.
///
/// It travels and is kept as `text`, which programs and the command line show as it is; pages tell it in their language.
package enum SystemNote: Hashable, Sendable {
    /// Four fifths of a limit are over.
    case timeNearlyOver
    /// Nobody acknowledged in time.
    case notAcknowledged(by: Instant?)
    /// It was not done in time.
    case notDone(by: Instant?)
    /// A returned leg was settled since the holder did the work.
    case settledByHolder
    /// An escalation was sent again, under another revision.
    case escalatedAgain

    private static let nearlyOver = "80 % of the time is over"
    private static let acknowledged = "not acknowledged by "
    private static let done = "not done by "
    private static let noTime = "its deadline"
    private static let settled = "settled by the holder's own completion"
    private static let again = "escalated again after the holder's page was restored from an older copy"

    /// The note in English, never changed: histories hold it.
    package var text: String {
        switch self {
        case .timeNearlyOver: Self.nearlyOver
        case .notAcknowledged(let time): Self.acknowledged + (time?.description ?? Self.noTime)
        case .notDone(let time): Self.done + (time?.description ?? Self.noTime)
        case .settledByHolder: Self.settled
        case .escalatedAgain: Self.again
        }
    }

    /// Reads what `text` writes; nil for what somebody wrote.
    package init?(text: String) {
        func moment(after words: String) -> Instant?? {
            guard text.hasPrefix(words) else { return nil }
            let rest = String(text.dropFirst(words.count))
            if rest == Self.noTime { return .some(nil) }
            return Instant(rfc3339: rest).map { .some($0) }
        }
        switch text {
        case Self.nearlyOver: self = .timeNearlyOver
        case Self.settled: self = .settledByHolder
        case Self.again: self = .escalatedAgain
        default:
            if let time = moment(after: Self.acknowledged) {
                self = .notAcknowledged(by: time)
            } else if let time = moment(after: Self.done) {
                self = .notDone(by: time)
            } else {
                return nil
            }
        }
    }
}
