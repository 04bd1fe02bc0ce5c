//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import Logging
import Synchronization
import Testing

@testable import GridRuntime

@Suite("Logs as JSON")
struct JSONLogHandlerTests {
    private struct Trouble: Error, CustomStringConvertible {
        let description = "the disk is full"
    }

    /// What a logger writes, as text.
    private func written(at level: Logger.Level = .info, by body: (inout Logger) -> Void) -> String {
        let lines = Lines()
        var logger = Logger(label: "gridwork") { label in
            JSONLogHandler(label: label, clock: WallClock { Instant(milliseconds: 1_000) }) { lines.add($0) }
        }
        logger.logLevel = level
        body(&logger)
        return lines.text
    }

    @Test("An event is one line with its time, level, logger, message and metadata")
    func line() {
        let text = written { logger in
            logger[metadataKey: "queue.name"] = "cell.leader"
            logger.warning("A mailbox gives no answer", metadata: ["count": "3"])
        }
        #expect(
            text == """
                {"level":"warning","logger":"gridwork","message":"A mailbox gives no answer",\
                "metadata":{"count":"3","queue.name":"cell.leader"},"time":"1970-01-01T00:00:01.000Z"}

                """
        )
    }

    @Test("An error is told with its type")
    func error() {
        let text = written { $0.error("It could not be written", error: Trouble()) }
        #expect(text.contains(#""error":"the disk is full""#))
        #expect(text.contains(#""errorType":"Trouble""#))
    }

    @Test("Metadata of any depth is told as JSON")
    func nested() throws {
        let text = written { $0.info("x", metadata: ["a": ["b": ["c", "\(1)"]]]) }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let metadata = try #require(object["metadata"] as? [String: [String: [String]]])
        #expect(metadata == ["a": ["b": ["c", "1"]]])
    }

    @Test(
        "Whatever a text contains, it stays on its line and comes back as it was",
        arguments: [
            "two\nlines", "a \"quoted\" word", "控制\u{0}\u{1b}[31m", "\u{2028}", "back\\slash", "",
        ]
    )
    func hostile(text: String) throws {
        let line = written { $0.info("\(text)") }
        #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(line.utf8.allSatisfy { $0 == UInt8(ascii: "\n") || $0 >= 0x20 })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["message"] as? String == text)
    }

    @Test("What is below the level is not written")
    func level() {
        #expect(written(at: .error) { $0.warning("x") }.isEmpty)
    }
}

/// Collects what is written.
private final class Lines: Sendable {
    private let data = Mutex(Data())

    func add(_ line: Data) { data.withLock { $0.append(line) } }

    var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
}
