//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What went wrong between this program and the management HTTP API of a RabbitMQ.
package struct ManagementError: Error, Sendable {
    /// What kind of failure it is.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case invalidURL, unreachable, notAllowed, unexpectedAnswer
        }

        private let value: Value

        /// The URL cannot be read.
        package static let invalidURL = Code(value: .invalidURL)
        /// Nobody answers at the address, or not in time.
        package static let unreachable = Code(value: .unreachable)
        /// The user may not do what was asked, or the password is wrong.
        package static let notAllowed = Code(value: .notAllowed)
        /// The answer is none that RabbitMQ's documentation tells of.
        package static let unexpectedAnswer = Code(value: .unexpectedAnswer)

        /// The code's name.
        package var description: String { value.rawValue }
    }

    /// What kind of failure it is.
    package let code: Code
    /// What happened, to what, and what to do; no secret in it.
    package let message: String
    /// What it came of, where that is known.
    package let cause: (any Error)?

    /// Creates an error.
    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ManagementError: CustomStringConvertible {
    /// The message; safe to log.
    package var description: String { message }
}
