//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridTraces
import Logging
import Synchronization

/// Tells the log of a collector that takes nothing: when it begins, every ten minutes while it lasts, and when it is over.
final class ExportTroubles: Sendable {
    /// How long the log is silent about a trouble it has told of.
    static let silence = Duration.seconds(600)

    private struct State {
        var failures = 0
        var spans = 0
        var toldAt: ContinuousClock.Instant?
    }

    private let collector: OTLPEndpoint
    private let logger: Logger
    private let state = Mutex(State())

    init(collector: OTLPEndpoint, logger: Logger) {
        self.collector = collector
        self.logger = logger
    }

    /// Notes that an attempt failed.
    ///
    /// - Parameter spans: How many spans are lost by it.
    func note(_ reason: String, spans: Int, at now: ContinuousClock.Instant = .now) {
        let told = state.withLock { state -> State? in
            state.failures += 1
            state.spans += spans
            if let last = state.toldAt, now - last < Self.silence { return nil }
            state.toldAt = now
            return state
        }
        guard let told else { return }
        logger.warning(
            "The collector takes no traces; nothing waits for it. Look at traces.endpoint and at the collector",
            metadata: [
                LogKey.collector: "\(collector)", LogKey.reason: "\(reason)", LogKey.count: "\(told.failures)",
                LogKey.spans: "\(told.spans)",
            ]
        )
    }

    /// Notes that all was taken.
    func end() {
        let past = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard past.toldAt != nil else { return }
        logger.notice(
            "The collector takes traces again",
            metadata: [
                LogKey.collector: "\(collector)", LogKey.count: "\(past.failures)", LogKey.spans: "\(past.spans)",
            ]
        )
    }
}
