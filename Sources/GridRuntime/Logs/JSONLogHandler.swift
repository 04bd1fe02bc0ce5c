//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import Foundation
import GridModel
package import Logging

/// Writes each log event as one line of JSON, for whatever collects logs.
///
/// A line has `time` (RFC 3339 in UTC, milliseconds), `level`, `logger`, `message`, `error` and `errorType` where there is
/// one, and `metadata`, an object. Nothing in it contains a line feed, and its keys are in the alphabet's order.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info
    private let label: String
    private let clock: WallClock
    private let write: @Sendable (Data) -> Void

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - write: Takes a line with its line feed. It is called by whoever logs, in any number of tasks at once.
    package init(
        label: String,
        clock: WallClock = .system,
        write: @escaping @Sendable (Data) -> Void
    ) {
        self.label = label
        self.clock = clock
        self.write = write
    }

    /// Creates one that writes to standard error, a line at a time. A line that cannot be written is lost, as there is
    /// nobody left to tell.
    package static func standardError(label: String) -> JSONLogHandler {
        JSONLogHandler(label: label) { try? FileHandle.standardError.write(contentsOf: $0) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { _, new in new }
            .merging(event.metadata ?? [:]) { _, new in new }
        let line = Line(
            time: clock.now.description,
            level: event.level.rawValue,
            logger: label,
            message: event.message.description,
            error: event.error.map { "\($0)" },
            errorType: event.error.map { "\(type(of: $0))" },
            metadata: all.isEmpty ? nil : all.mapValues(Value.init)
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings, lists and objects of strings can always be encoded.
        guard var data = try? encoder.encode(line) else { return }
        data.append(UInt8(ascii: "\n"))
        write(data)
    }

    private struct Line: Encodable {
        let time: String
        let level: String
        let logger: String
        let message: String
        let error: String?
        let errorType: String?
        let metadata: [String: Value]?
    }

    /// A value of the metadata as JSON.
    private struct Value: Encodable {
        let value: Logger.MetadataValue

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .string(let text): try container.encode(text)
            case .stringConvertible(let it): try container.encode(it.description)
            case .array(let values): try container.encode(values.map(Value.init))
            case .dictionary(let values): try container.encode(values.mapValues(Value.init))
            }
        }
    }
}
