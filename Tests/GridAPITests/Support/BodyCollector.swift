//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Takes the body of an answer, in place of a connection.
final class BodyCollector: ResponseBodyWriter, Sendable {
    private let body = Mutex(ByteBuffer())

    /// What was written so far.
    var text: String { body.withLock { String(buffer: $0) } }

    /// The same as bytes.
    var bytes: [UInt8] { body.withLock { Array($0.readableBytesView) } }

    func write(_ buffer: ByteBuffer) async throws {
        body.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
