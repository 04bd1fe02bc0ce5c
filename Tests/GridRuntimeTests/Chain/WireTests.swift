//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("The wire against the schemas, over the real broker", .needsBroker, .brokerLimit)
struct WireTests {
    @Test("Every type of mail and of command, taken off a real queue, fits its schema by a validator that is not ours")
    func fitsSchemas() async throws {
        try await Chain.with { chain in
            let messages = try await chain.withTap { tap in
                try await chain.withNode {
                    try await EventfulOrder(chain: chain).run()
                    for type in MailEvent.allCases.map(\.type) + CommandVerb.allCases.map(\.type) {
                        try await tap.first("\(type) is seen") { $0.properties.type == type }
                    }
                }
                return tap.messages
            }
            let file = chain.folder + "/wire.jsonl"
            let lines = try messages.map { try Self.line($0) }
            try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let checked = try await Program.run(Program.python, [Program.projectFile("deploy/checks/wire.py"), file])
            let counts = try JSONDecoder().decode([String: Int].self, from: Data(checked.output.utf8))
            #expect(Set(counts.keys) == Set(MailEvent.allCases.map(\.type) + CommandVerb.allCases.map(\.type)))
            #expect(counts.values.reduce(0, +) == messages.count)
        }
    }

    @Test("What is told about commands that cannot be read fits the schemas too")
    func refusalsFitSchemas() async throws {
        try await Chain.with { chain in
            let messages = try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let leg = root.leg(1).leg(1).leg(1)
                    let cases = try BadMessages(chain: chain, post: chain.street.liaison(1, 1, 1), assignment: leg).all
                    let tooLong = Chain.id(String(repeating: "x", count: 200))
                    try await chain.publish(
                        cases.map(\.message)
                            + [chain.message(.complete, leg, as: chain.street.liaison(1, 1, 1), id: tooLong)]
                    )
                    _ = try await chain.awaitDeadLetters(cases.count + 1)
                    for bad in cases where bad.isRefused {
                        try await tap.first("\(bad.name) is refused") {
                            $0.properties.messageID?.hasSuffix("/\(bad.name)/1") ?? false
                        }
                    }
                }
                return tap.messages(of: .refused)
            }
            let file = chain.folder + "/wire.jsonl"
            try messages.map { try Self.line($0) }.joined(separator: "\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
            _ = try await Program.run(Program.python, [Program.projectFile("deploy/checks/wire.py"), file])
        }
    }

    @Test("A well-formed trace context is handed on from cause to effect, and any other is not")
    func traceContext() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                    let values = [trace, String(repeating: "0", count: 60_000)]
                    for (point, value) in zip(1..., values) {
                        let leg = root.leg(1).leg(1).leg(point)
                        var message = try chain.message(.acknowledge, leg, as: chain.street.liaison(1, 1, point))
                        message.properties.headers["traceparent"] = .string(value)
                        try await chain.publish([message])
                        let mail = try await tap.first("it is reported") { delivery in
                            delivery.properties.type == MailEvent.acknowledged.type
                                && delivery.properties.headers["ce-subject"]?.stringValue == leg.text
                        }
                        let handedOn = mail.properties.headers["traceparent"]?.stringValue
                        #expect(handedOn?.prefix(100) == (value == trace ? trace[...] : nil))
                    }
                }
            }
        }
    }

    /// A message as `deploy/checks/wire.py` reads it.
    private struct Line: Encodable {
        struct Properties: Encodable {
            var contentType: String?
            var deliveryMode: UInt8?
            var messageID: String?
            var type: String?
            var correlationID: String?

            private enum CodingKeys: String, CodingKey {
                case contentType = "content_type"
                case deliveryMode = "delivery_mode"
                case messageID = "message_id"
                case type
                case correlationID = "correlation_id"
            }
        }

        var exchange: String
        var routingKey: String
        var headers: [String: String]
        var properties: Properties
        var body: Data
    }

    private static func line(_ delivery: AMQPDelivery) throws -> String {
        let properties = delivery.properties
        let line = Line(
            exchange: delivery.exchange,
            routingKey: delivery.routingKey,
            headers: properties.headers.compactMapValues(\.stringValue),
            properties: Line.Properties(
                contentType: properties.contentType,
                deliveryMode: properties.deliveryMode?.rawValue,
                messageID: properties.messageID,
                type: properties.type,
                correlationID: properties.correlationID
            ),
            body: Data(delivery.body)
        )
        return String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
    }
}
