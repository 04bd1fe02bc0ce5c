//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Logging

/// The keys under which this library logs what a message is about.
enum LogKey: String {
    /// The broker's address, or several with commas: host and port, never credentials.
    case address = "amqp.address"
    /// How many attempts have failed in a row.
    case attempt = "amqp.attempt"
    /// How long to wait before the next attempt.
    case delay = "amqp.delay"
    /// What went wrong.
    case error = "amqp.error"
}

extension [String: Logger.Metadata.Value] {
    /// Makes metadata from the library's own keys.
    static func amqp(_ values: KeyValuePairs<LogKey, Logger.Metadata.Value>) -> Self {
        Self(values.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
