//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel

/// Tells the time; injected, so that tests and simulations bring their own.
package struct WallClock: Sendable {
    private let read: @Sendable () -> Instant

    /// Creates a clock.
    package init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    /// The machine's clock.
    package static let system = WallClock {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded()))
    }

    /// The time now.
    package var now: Instant { read() }
}
