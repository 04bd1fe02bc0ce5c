//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A broker that is short of memory", .needsBroker, .brokerLimit)
struct AlarmTests {
    @Test("A node that starts under the alarm handles what lies there, takes orders, and sends all when it ends")
    func startsUnderAlarm() async throws {
        try await Chain.withOwnBroker { chain in
            let first = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                return root
            }
            let leaf = try #require(
                try await chain.store.read { try $0.assignments(under: first) }.first { $0.post.role == "liaison" }
            )
            try await chain.publish([chain.message(.acknowledge, leaf.id, as: leaf.post)])
            try await chain.setAlarm(true)

            let second = try await chain.withAgents { _ in
                let start = ContinuousClock.now
                return try await chain.withNode {
                    #expect(ContinuousClock.now - start < .seconds(15), "the alarm kept the node from being ready")
                    try await chain.store.eventually("what lay in the mailbox is handled", within: .seconds(5)) {
                        try $0.assignment(leaf.id)?.state == .accepted
                    }
                    let second = try await chain.issue()
                    #expect(try await chain.assignment(second)?.state == .accepted)
                    try await chain.awaitLog("The broker takes no messages")
                    try await chain.setAlarm(false)
                    try await chain.completeLeaves(under: first)
                    for root in [first, second] { try await chain.awaitState(.completed, of: root) }
                    return second
                }
            }
            for root in [first, second] { try await chain.expectEachOnce(root) }
            try await chain.expectNothingLeft()
        }
    }

    @Test("Doctor names the alarm, and what was taken under it is sent by the next life of the node")
    func stopsUnderAlarm() async throws {
        try await Chain.withOwnBroker { chain in
            let root = try await chain.withNode {
                try await chain.setAlarm(true)
                let root = try await chain.issue()
                try await chain.awaitLog("The broker takes no messages")
                let findings = await Doctor(broker: chain.broker, logger: chain.logger).examine(chain.store)
                #expect(findings.first { $0.check == "echo" }?.level == .warning)
                return root
            }
            try await chain.setAlarm(false)
            let findings = await Doctor(broker: chain.broker, logger: chain.logger).examine(chain.store)
            #expect(findings.first { $0.check == "echo" }?.level == .ok)
            try await chain.withNode {
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            try await chain.expectEachOnce(root)
        }
    }
}

extension Chain {
    /// Makes the broker short of memory, or lets it have enough again.
    fileprivate func setAlarm(_ isOn: Bool) async throws {
        try await server.control(["set_vm_memory_high_watermark", "absolute", isOn ? "1MB" : "4GB"])
        try await poll("the broker \(isOn ? "has" : "has no") alarm", within: .seconds(30)) {
            try await server.control(["eval", "rabbit_alarm:get_alarms()."]).contains("memory") == isOn
        }
    }
}
