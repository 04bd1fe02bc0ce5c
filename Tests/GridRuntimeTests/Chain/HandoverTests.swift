//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Glibc
import GridModel
import GridStore
import Synchronization
import Testing

@testable import GridRuntime

@Suite("Mailboxes that are handed over between processes, over the real broker", .needsBroker, .brokerLimit)
struct HandoverTests {
    private static let reports = 2_000

    @Test("Each assignment's messages stay in order while processes come and go, are drained, paused and scaled")
    func order() async throws {
        try await Chain.with { chain in
            let posts = (1...4).flatMap { cell in (1...2).map { chain.street.liaison(cell, 1, $0) } }
            let legs = try await chain.acceptedLegs(of: posts)
            let watch = ConsumerWatch()
            let stores = try (1...2).map { _ in try StateFile.open(at: chain.store.path) }
            try await finally {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await watch.run(in: chain) }
                    try await chain.withNode {
                        try await withThrowingTaskGroup(of: Void.self) { publishing in
                            publishing.addTask { try await Self.publish(on: legs, as: posts, in: chain) }
                            for _ in 1...2 { try await Self.comeAndGo(stores, in: chain) }
                            try await publishing.waitForAll()
                        }
                        try await Self.awaitAll(legs, in: chain)
                    }
                    group.cancelAll()
                    while await group.nextResult() != nil {}
                }
            } then: {
                for store in stores { try store.close() }
            }
            for leg in legs {
                let numbers = try await chain.store.read { try $0.history(of: leg, limit: 100_000) }
                    .filter { $0.event == .progressed }.compactMap { $0.note.flatMap { Int($0) } }
                let astray = zip(numbers, numbers.dropFirst()).first { $0 >= $1 }
                #expect(astray == nil, "the first that came out of order, and what came before it")
                #expect(Set(numbers) == Set(1...Self.reports) && numbers.count == Self.reports)
            }
            #expect(watch.crowded == [], "mailboxes with several consumers")
            #expect(watch.looks >= 400, "hardly anybody looked")
            #expect(chain.complaints == [])
        }
    }

    @Test("What a process that is killed held is served again within seconds, and two that start at once share it all")
    func killed() async throws {
        try await Chain.with { chain in
            async let node = chain.startProcess()
            async let worker = chain.startProcess(["worker", "--all"])
            let (survivor, victim) = (try await node, try await worker)
            try await chain.awaitFollowing(2)
            let names = MailboxSelection().mailboxes(in: chain.organization).map(\.name)
            #expect(try await chain.served().reduce(0, +) == names.count)
            #expect(try await chain.served().allSatisfy { $0 > 0 })
            victim.signal(SIGKILL)
            let start = ContinuousClock.now
            #expect(try await victim.end() == 128 + SIGKILL)
            try await poll("all mailboxes are served") {
                try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                    try await connection.statuses(of: names).values.allSatisfy { $0.consumerCount == 1 }
                }
            }
            // Not the fifteen after which one that says nothing is taken for dead.
            #expect(.now - start < .seconds(10))
            survivor.signal(SIGTERM)
            #expect(try await survivor.end() == 0)
        }
    }

    /// Lets a second and a third process join and leave, while the workers are changed, one is drained, and all is paused.
    private static func comeAndGo(_ stores: [StateFile], in chain: Chain) async throws {
        let desk = WorkerDesk(store: chain.store, logger: chain.logger)
        try await chain.withNode(instance: 1, store: stores[0], duties: .worker) {
            try await chain.awaitFollowing(2)
            try await chain.withNode(instance: 2, store: stores[1], mailboxes: MailboxSelection(roles: ["liaison"])) {
                try await chain.awaitFollowing(3)
                _ = try await desk.set(.workers(4, prefetch: 20), for: MailboxScope())
                try await chain.awaitFollowing(3)
            }
            try await chain.awaitFollowing(2)
            _ = try await desk.setDraining(true, of: ProcessIdentity.current(0).description)
            try await chain.awaitFollowing(2)
            _ = try await desk.setDraining(false, of: ProcessIdentity.current(0).description)
            try await chain.awaitFollowing(2)
            _ = try await desk.set(.pause, for: MailboxScope(role: "liaison"))
            _ = try await desk.set(.resume, for: MailboxScope(role: "liaison"))
            _ = try await desk.set(.workers(nil, prefetch: nil), for: MailboxScope())
            try await chain.awaitFollowing(2)
        }
        try await chain.awaitFollowing(1)
    }

    /// Publishes numbered reports on all legs, some of each at a time.
    private static func publish(on legs: [AssignmentID], as posts: [PostAddress], in chain: Chain) async throws {
        for first in stride(from: 1, through: reports, by: 10) {
            let messages = try zip(legs, posts).flatMap { leg, post in
                try (first..<first + 10).map { number in
                    try chain.message(.progress, leg, as: post, ActionBody(note: "\(number)"))
                }
            }
            try await chain.publish(messages)
        }
    }

    private static func awaitAll(_ legs: [AssignmentID], in chain: Chain) async throws {
        try await poll("all reports are handled") {
            try await chain.store.read { store in
                try legs.allSatisfy { leg in
                    try store.history(of: leg, limit: 100_000).count { $0.event == .progressed } >= reports
                }
            }
        }
    }
}

/// Looks which mailboxes have several consumers, again and again.
///
/// The number of consumers that the broker tells does not say: a subscription that was ended counts until the last message that
/// came of it is acknowledged, so mailboxes that are subscribed to anew have two for a moment. So it is asked for those that still
/// receive something.
private final class ConsumerWatch: Sendable {
    private let state = Mutex<(looks: Int, crowded: Set<String>)>((0, []))

    var looks: Int { state.withLock(\.looks) }
    /// What the broker said where a mailbox had more than one consumer at a time.
    var crowded: Set<String> { state.withLock(\.crowded) }

    func run(in chain: Chain) async throws {
        // Many looks for each command, which takes a second to start.
        let look = """
            Queues = [Q || Q <- rabbit_amqqueue:list(<<"\(chain.broker.virtualHost)">>), amqqueue:is_quorum(Q)],
            Crowded = fun(Q) ->
                case catch ra:local_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_consumers/1) of
                    {ok, {_, Consumers}, _} when map_size(Consumers) > 1 ->
                        {true, {amqqueue:get_name(Q), maps:keys(Consumers)}};
                    _ -> false
                end
            end,
            lists:usort(lists:append([begin timer:sleep(5), lists:filtermap(Crowded, Queues) end || _ <- lists:seq(1, 200)])).
            """
        while !Task.isCancelled {
            let answer = try await chain.server.control(["-q", "eval", look])
            state.withLock { state in
                state.looks += 200
                if answer.filter({ !$0.isWhitespace }) != "[]" { state.crowded.insert(answer) }
            }
        }
    }
}

extension Chain {
    /// Issues an order and has some liaisons acknowledge their legs.
    fileprivate func acceptedLegs(of posts: [PostAddress]) async throws -> [AssignmentID] {
        try await withNode {
            let root = try await issue()
            try await awaitFanOut(of: root)
            let all = try await store.read { try $0.assignments(under: root) }
            let legs = try posts.map { post in try #require(all.first { $0.post == post }).id }
            for leg in legs { try await act(.acknowledge, leg) }
            return legs
        }
    }

    /// How many mailboxes each process serves.
    fileprivate func served() async throws -> [Int] {
        let desk = WorkerDesk(store: store, logger: logger)
        return try await desk.overview(of: [], broker: broker).processes.map(\.serving)
    }

    /// Waits until so many processes run, and all have carried out what was said.
    fileprivate func awaitFollowing(_ count: Int) async throws {
        try await poll("\(count) processes follow") {
            let (version, processes) = try await store.read { (try $0.scaleVersion(), try $0.workerProcesses()) }
            return processes.count == count && processes.allSatisfy { $0.isServing && $0.applied >= version }
        }
    }
}
