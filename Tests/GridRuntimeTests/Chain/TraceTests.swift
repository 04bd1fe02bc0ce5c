//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import GridTraces
import Testing

@Suite("Traces over the real broker", .needsBroker, .brokerLimit)
struct TraceTests {
    private typealias Span = TraceCollector.Span

    @Test("An order that waited for a node is one trace from issue to completion, and the cause of each span is in it")
    func oneTrace() async throws {
        try await Chain.with { chain in
            try await TraceCollector.with { collector in
                let configuration = try collector.configuration()
                let office = Tracer(configuration)
                let root = try await chain.running([TraceExporter(office, logger: chain.logger)], ending: .graceful) {
                    let (store, clock) = (chain.store, chain.clock.wall)
                    let desk = LocalDesk(store: store, clock: clock, tracer: office, logger: chain.logger)
                    let command = Command(id: Chain.newID(), actor: chain.street.office, body: .issue(chain.draft()))
                    return try #require(try await desk.perform(command)?.assignment?.id)
                }
                try await chain.withAgents { _ in
                    try await chain.withNode(traces: configuration) {
                        try await chain.awaitState(.completed, of: root)
                    }
                }
                try await chain.expectNothingLeft()
                #expect(chain.complaints.isEmpty)
                try Self.expectWhole(collector.spans, root: root, street: chain.street)
            }
        }
    }

    /// Expects one trace in which every cause is known, with a span for each step and each message of the order.
    private static func expectWhole(_ spans: [Span], root: AssignmentID, street: Street) throws {
        #expect(Set(spans.map(\.traceId)).count == 1)
        let byID = Dictionary(spans.map { ($0.spanId, $0) }) { first, _ in first }
        #expect(byID.count == spans.count, "two spans have one name")
        let first = try #require(spans.first { $0.parentSpanId == nil })
        #expect(first.name == "command issue")
        #expect(spans.filter { $0.parentSpanId.map { byID[$0] == nil } ?? ($0.spanId != first.spanId) }.isEmpty)
        #expect(spans.allSatisfy { ($0.status?.code ?? 0) == 0 })
        #expect(spans.allSatisfy { $0["messaging.message.conversation_id"] == root.order.text })

        let legs = street.legs - 1
        let leaves = street.communities * street.cells * street.groups * street.liaisons
        var counts: [String: Int] = [:]
        for span in spans {
            let word = span.name.split(separator: " ")[0]
            counts["\(word) \(span.kind) \(span["cloudevents.event_type"] ?? "")", default: 0] += 1
        }
        #expect(
            counts == [
                "command 1 gridwork.command.issue.v1": 1,
                "send 4 gridwork.assignment.issued.v1": legs,
                "process 5 gridwork.assignment.issued.v1": legs,
                "process 5 gridwork.command.acknowledge.v1": legs,
                "send 4 gridwork.assignment.acknowledged.v1": legs,
                "process 5 gridwork.assignment.acknowledged.v1": legs,
                "process 5 gridwork.command.complete.v1": leaves,
                "send 4 gridwork.assignment.completed.v1": legs,
                "process 5 gridwork.assignment.completed.v1": legs,
            ]
        )

        // From what completed the order back to its issue: up through the reports, down again through the issues.
        let last = try #require(
            spans.filter { $0.kind == 5 && $0["cloudevents.event_subject"]?.split(separator: ".").count == 2 }
                .filter { $0["cloudevents.event_type"] == "gridwork.assignment.completed.v1" }
                .max { $0.startTimeUnixNano < $1.startTimeUnixNano }
        )
        let line = sequence(first: last) { $0.parentSpanId.flatMap { byID[$0] } }
        let template = "process cell.{cell}."
        #expect(
            line.map(\.name) == [
                "process street.{street}.office", template + "cell-leader", template + "group-leader",
                template + "liaison", template + "liaison", template + "group-leader", template + "cell-leader",
                "command issue",
            ]
        )
        #expect(line.allSatisfy { $0.startTimeUnixNano <= $0.endTimeUnixNano })
    }

    @Test("No span has the code of a cell or a post, or the identifier of a message")
    func privacy() async throws {
        try await Chain.with { chain in
            try await TraceCollector.with { collector in
                try await chain.withNode(traces: try collector.configuration()) {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let leg = root.leg(1).leg(1).leg(1)
                    let post = chain.street.liaison(1, 1, 1)
                    try await chain.publish([try chain.message(.acknowledge, leg, as: post)])
                    try await chain.awaitState(.accepted, of: leg)
                }
                #expect(collector.spans.count > 1)
                let texts = collector.bodies.map { String(decoding: $0, as: UTF8.self) }
                for text in texts {
                    #expect(!text.contains("@") && !text.contains(chain.street.cellLeader(1).code.digits))
                    #expect(!text.contains("持岗人") && !text.contains("入冬在即"))
                }
            }
        }
    }

    @Test(
        "A collector that is away, never answers or refuses holds nothing up, is complained of once, and takes no memory",
        arguments: [nil, .stalls, .answers(503), .answers(400)] as [TraceCollector.Behaviour?]
    )
    func badCollector(behaviour: TraceCollector.Behaviour?) async throws {
        try await Chain.with { chain in
            try await TraceCollector.with(behaviour ?? .accepts) { collector in
                // Nobody listens on the first port: binding it takes rights that a test has no use for.
                let port = behaviour == nil ? 1 : collector.port
                let capacity = 20
                let configuration = try TraceCollector.configuration(port: port, capacity: capacity)
                let start = ContinuousClock.now
                let stopped = try await chain.withAgents { _ in
                    let ready = try await chain.withNode(traces: configuration) {
                        let root = try await chain.issue()
                        try await chain.awaitState(.completed, of: root)
                        // It has been tried, and has told nothing of it that would be of use.
                        try await chain.awaitLog("The collector takes no traces", within: .seconds(30))
                        return ContinuousClock.now
                    }
                    return ContinuousClock.now - ready
                }
                #expect(stopped < .seconds(15), "the node took \(stopped) to stop")
                #expect(ContinuousClock.now - start < .seconds(100))
                #expect(chain.complaints.count == 1, "\(chain.complaints)")
                try await chain.expectNothingLeft()
            }
        }
    }
}
