//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPConnection {
    /// How many channels share the declarations of a large topology. The broker works through those of one channel one
    /// after the other, and waits for its disk at each: 1,500 quorum queues took 12 s over one channel, 8.5 over two, 6.5
    /// over four and 6.9 over eight (seen with RabbitMQ 3.10.8 on two cores).
    private static let sharers = 4
    /// The most declarations of one kind that a channel of its own is not worth its opening for.
    private static let leastShare = 64

    /// Declares everything in a topology, over channels of its own: exchanges, then queues, then bindings.
    ///
    /// Much of one kind is shared among several channels, so that thousands of queues take less than the broker needs for one
    /// after the other. Declaring what is there already does nothing.
    ///
    /// - Throws: ``AMQPError``; where something is there with other properties, with the reply code 406. The rest may be
    ///   declared by then.
    public func apply(_ topology: AMQPTopology) async throws {
        // Before anything of it is sent.
        try topology.validate()
        try await share(topology.exchanges) { AMQPTopology(exchanges: $0) }
        try await share(topology.queues) { AMQPTopology(queues: $0) }
        try await share(topology.bindings) { AMQPTopology(bindings: $0) }
    }

    /// Declares things that do not depend on each other.
    private func share<Item: Sendable>(
        _ items: [Item],
        as topology: @escaping @Sendable ([Item]) -> AMQPTopology
    ) async throws {
        guard !items.isEmpty else { return }
        let share = max(Self.leastShare, (items.count + Self.sharers - 1) / Self.sharers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 0, to: items.count, by: share) {
                let part = Array(items[start..<min(items.count, start + share)])
                group.addTask { try await self.withChannel { try await $0.apply(topology(part)) } }
            }
            try await group.waitForAll()
        }
    }
}
