//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Testing

@Suite("A broker that tires of waiting for an acknowledgement", .needsBroker, .brokerLimit)
struct ConsumerTimeoutTests {
    @Test("Only the connection whose channel was closed with 406 is made anew, and what it held is handled once")
    func timedOut() async throws {
        try await Chain.withOwnBroker(heartbeat: .seconds(10)) { chain in
            // Patient for a second, not for half an hour, and looks four times a second, not once a minute.
            let patience =
                "[application:set_env(rabbit, K, V) || {K, V} <- [{consumer_timeout, 1000}, "
                + "{channel_tick_interval, 250}]]."
            try await chain.server.control(["eval", patience])
            let own = try StateFile.open(at: chain.store.path)
            let release = DispatchSemaphore(value: 0)
            try await finally {
                try await chain.withNode(store: own) {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    try await chain.store.eventually("all is sent") { try $0.outboxStatus().count == 0 }
                    let leg = root.leg(1).leg(1).leg(1)
                    let before = try await connections(of: chain)
                    // A delivery that cannot be committed is not acknowledged; the chain's own opening stands in the way.
                    async let holder: Void = chain.store.write { _ in release.wait() }
                    defer { release.signal() }
                    try await chain.publish([chain.message(.complete, leg, as: chain.street.liaison(1, 1, 1))])
                    let mailbox = try chain.mailbox(of: chain.street.liaison(1, 1, 1))
                    try await poll("the broker has closed the channel and taken it back", within: .seconds(8)) {
                        try await chain.waitingMessages()[mailbox] == 1
                    }
                    release.signal()
                    try await holder
                    try await chain.awaitState(.completed, of: leg)
                    try await poll("there are as many connections as before") {
                        let now = try await connections(of: chain)
                        return now.count == before.count && now.intersection(before).count == before.count - 1
                    }
                    #expect(chain.log.entries.contains { "\($0.metadata)".contains("406") })
                    try await chain.completeLeaves(under: root)
                    try await chain.awaitState(.completed, of: root)
                    try await chain.expectEachOnce(root)
                }
            } then: {
                try own.close()
            }
            try await chain.expectNothingLeft()
        }
    }

    /// The connections that the broker has, but for those that a test makes for a moment.
    private func connections(of chain: Chain) async throws -> Set<String> {
        var seen: [Set<String>] = []
        for _ in 0..<2 {
            let lines = try await chain.server.control(["--quiet", "list_connections", "pid"]).split(separator: "\n")
            seen.append(Set(lines.map(String.init).filter { $0.hasPrefix("<") }))
        }
        return seen[0].intersection(seen[1])
    }
}
