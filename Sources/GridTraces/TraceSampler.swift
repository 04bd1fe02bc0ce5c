//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Says which of the traces that begin here are recorded: a share of them, chosen by their identifiers.
///
/// Whoever applies the same share to the same trace decides alike, so nothing has to be remembered about it. A trace that
/// comes in is recorded if its header says so.
package struct TraceSampler: Sendable {
    /// Traces whose last eight bytes are at most this are recorded; nil records none.
    private let limit: UInt64?

    /// Creates a sampler.
    ///
    /// - Parameter ratio: The share of traces that are recorded, 0 to 1.
    package init(ratio: Double) {
        if ratio >= 1 {
            limit = .max
        } else if ratio > 0 {
            // Below 1, so the product is below 2 to the power of 64.
            limit = UInt64(ratio * 0x1p64)
        } else {
            limit = nil
        }
    }

    /// Whether a trace that begins here is recorded.
    package func samples(_ trace: TraceID) -> Bool {
        guard let limit else { return false }
        return trace.low <= limit
    }
}
