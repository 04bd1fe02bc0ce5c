//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import InMemoryLogging
import Logging
import Synchronization
import Testing

@testable import GridPush

@Suite("Pushes over HTTP", .brokerLimit)
struct PushDeliveryTests {
    private static let street = PushStage.street

    @Test("Each kind of channel is told in its own way, each push once")
    func kinds() async throws {
        try await PushServer.with { _, _ in
            .answer(200, #"{"errcode":0,"code":"OK"}"#)
        } _: { server in
            try await PushStage.with { stage in
                let gateway = try SMSGateway(
                    json: Array(#"{"url":"\#(server.url("/sms"))?to={phone}","body":"{text}","success":"OK"}"#.utf8)
                )
                let post = Self.street.liaison(1, 1, 1)
                let kinds: [(PushChannel.Kind, String)] = [
                    (.wecom, server.url("/robot?key=k")), (.webhook, server.url("/hook")), (.sms, "13800000000"),
                ]
                for (kind, address) in kinds {
                    try await stage.queue(try await stage.channel(post, kind, to: address), line: 1, post)
                }
                try await stage.sending(gateway: gateway) { try await stage.awaitSettled() }
                #expect(try await stage.pushes().allSatisfy { $0.state == .sent && $0.attempts == 1 })
                let requests = server.requests
                #expect(Set(requests.map(\.uri)) == ["/robot?key=k", "/hook", "/sms?to=13800000000"])
                #expect(requests.count == 3)
                let robot = try #require(requests.first { $0.uri.hasPrefix("/robot") })
                #expect(robot.body.hasPrefix(#"{"msgtype":"text","text":{"content":"New assignment: 999999001-"#))
                let hook = try #require(requests.first { $0.uri == "/hook" })
                #expect(hook.headers["webhook-signature"]?.hasPrefix("v1,") == true)
                #expect(stage.log.entries.allSatisfy { !"\($0.message)\($0.metadata)".contains("key=k") })
            }
        }
    }

    @Test("Whatever a receiver does, an attempt ends, and says why; others are told meanwhile")
    func badReceivers() async throws {
        let paths: [(path: String, error: String, state: Push.State)] = [
            ("/silence", "timeout", .waiting), ("/drip", "timeout", .waiting), ("/cut", "connection", .waiting),
            ("/500", "http-500", .waiting), ("/45009", "wecom-45009", .waiting), ("/redirect", "redirect", .givenUp),
            ("/404", "http-404", .givenUp), ("/huge", "bad-answer", .waiting),
        ]
        try await PushServer.with { request, _ in
            switch request.uri {
            case "/silence": .silence
            case "/drip": .drip
            case "/cut": .cutOff
            case "/500": .answer(500)
            case "/45009": .answer(200, #"{"errcode":45009}"#)
            case "/redirect": .answer(302, headers: ["Location": "/well"])
            case "/404": .answer(404)
            case "/huge": .answer(200, String(repeating: " ", count: 1_000_000))
            default: .answer(200, #"{"errcode":0}"#)
            }
        } _: { server in
            try await PushStage.with { stage in
                var line: Int64 = 0
                // Each on a mailbox's worker of its own, as cells have them.
                _ = try await stage.store.write {
                    try $0.setScale(ScaleRule(MailboxScope(), .workers(64, prefetch: nil), setAt: stage.clock.now))
                }
                for (path, _, _) in paths {
                    line += 1
                    let n = try await stage.channel(Self.street.cellLeader(1), .wecom, to: server.url(path))
                    try await stage.queue(n, line: line, Self.street.cellLeader(1))
                }
                let nobody = try await stage.channel(Self.street.cellLeader(1), .wecom, to: "http://127.0.0.1:1/")
                try await stage.queue(nobody, line: 99, Self.street.cellLeader(1))
                let well = try await stage.channel(Self.street.cellLeader(2), .wecom, to: server.url("/well"))
                let begun = ContinuousClock.now
                try await stage.sending {
                    try await stage.queue(well, line: 100, Self.street.cellLeader(2))
                    try await stage.store.eventually("who is well is told") {
                        try $0.pushes(.sent, limit: 9).map(\.channel) == [well]
                    }
                    #expect(ContinuousClock.now - begun < PushTransport.limit, "before who is silent is given up")
                    try await stage.store.eventually("every attempt has ended") {
                        try $0.pushes(limit: 99).allSatisfy { $0.attempts > 0 && $0.state != .sending }
                    }
                }
                let rows = try await stage.pushes()
                for ((path, error, state), row) in zip(paths, rows) {
                    #expect(row.error == error, "\(path)")
                    #expect(row.state == state, "\(path)")
                }
                #expect(rows.first { $0.channel == nobody }?.error == "connection")
                #expect(server.requests.count { $0.uri == "/well" } == 1, "the redirection was not followed")
            }
        }
    }

    @Test("A cell's pushes go out as many at a time as its mailbox has workers, and its neighbour's beside them")
    func concurrency() async throws {
        var seconds: [Int: Double] = [:]
        for workers in [1, 4] {
            let (took, most) = try await Self.time(workers: workers)
            #expect(most == workers)
            seconds[workers] = took
        }
        let (one, four) = (try #require(seconds[1]), try #require(seconds[4]))
        #expect(one >= 12 * 0.15)
        #expect(four < one / 2, "12 pushes of 150 ms: \(one) s with one worker, \(four) s with four")
        print("12 pushes of 150 ms each: \(one) s with one worker, \(four) s with four")
    }

    /// How long twelve pushes of a cell take, each of 150 ms, and how many of them were on their way at most.
    private static func time(workers: Int) async throws -> (seconds: Double, most: Int) {
        let found = Mutex<(Double, Int)>((0, 0))
        try await PushServer.with { _, _ in
            .after(.milliseconds(150))
        } _: { server in
            try await PushStage.with { stage in
                let cell = MailboxScope(area: street.cellLeader(1).code, role: "liaison")
                _ = try await stage.store.write {
                    try $0.setScale(ScaleRule(cell, .workers(workers, prefetch: nil), setAt: stage.clock.now))
                }
                for group in 1...2 {
                    for point in 1...6 {
                        let post = street.liaison(1, group, point)
                        let n = try await stage.channel(post, .webhook, to: server.url("/flooded"))
                        try await stage.queue(n, line: Int64(group * 10 + point), post)
                    }
                }
                let neighbour = street.liaison(2, 1, 1)
                let other = try await stage.channel(neighbour, .webhook, to: server.url("/neighbour"))
                try await stage.queue(other, line: 1, neighbour)
                let begun = ContinuousClock.now
                try await stage.sending {
                    try await stage.store.eventually("the neighbour is told") {
                        try $0.pushes(.sent, limit: 99).contains { $0.channel == other }
                    }
                    let done = try await stage.pushes().count { $0.state == .sent && $0.channel != other }
                    #expect(done < 12, "the neighbour waited for the whole flood")
                    try await stage.awaitSettled()
                }
                found.withLock { $0 = ((ContinuousClock.now - begun) / .seconds(1), server.most(of: "/flooded")) }
                #expect(server.requests.count == 13)
            }
        }
        return found.withLock(\.self)
    }

    @Test("What happened to one assignment is told in its order, whatever the workers, also when an attempt fails")
    func order() async throws {
        let failed = Mutex(false)
        try await PushServer.with { request, _ in
            let isFirst = failed.withLock { failed in
                defer { failed = failed || request.body.contains(#""kind":"urged""#) }
                return !failed
            }
            return isFirst && request.body.contains(#""kind":"urged""#)
                ? .answer(500) : .after(.milliseconds(request.body.utf8.count % 3 * 20))
        } _: { server in
            try await PushStage.with { stage in
                let post = Self.street.liaison(1, 1, 1)
                _ = try await stage.store.write {
                    try $0.setScale(ScaleRule(MailboxScope(), .workers(8, prefetch: nil), setAt: stage.clock.now))
                }
                let n = try await stage.channel(post, .webhook, to: server.url())
                let kinds: [PushKind] = [.issued, .urged, .dueSoon, .overdue, .answered, .recalled]
                for (index, kind) in kinds.enumerated() {
                    for assignment in 1...3 {
                        try await stage.queue(
                            n,
                            line: Int64(index * 3 + assignment),
                            post,
                            assignment: assignment,
                            kind: kind
                        )
                    }
                }
                try await stage.sending {
                    try await stage.store.eventually("an attempt was in vain") {
                        try $0.pushes(limit: 99).contains { $0.error == "http-500" }
                    }
                    try stage.advance(milliseconds: 10_000)
                    try await stage.awaitSettled()
                }
                #expect(server.most(of: "/") > 1)
                let told = server.requests.compactMap { request -> (String, String)? in
                    let parts = request.body.split(separator: "\"").map(String.init)
                    guard let id = parts.firstIndex(of: "assignment"), let kind = parts.firstIndex(of: "kind") else {
                        return nil
                    }
                    return (parts[id + 2], parts[kind + 2])
                }
                #expect(told.count == 19, "each once, and one twice")
                for (_, kinds) in Dictionary(grouping: told, by: \.0) {
                    var order = kinds.map { PushKind(rawValue: $0.1) }
                    if order.count == 7 { order.remove(at: 1) }
                    #expect(order == [.issued, .urged, .dueSoon, .overdue, .answered, .recalled])
                }
            }
        }
    }

    @Test("A robot gets twenty messages a minute, however many would like to tell it something")
    func robotsMinute() async throws {
        try await PushServer.with { _, _ in
            .answer(200, #"{"errcode":0}"#)
        } _: { server in
            try await PushStage.with { stage in
                _ = try await stage.store.write {
                    try $0.setScale(ScaleRule(MailboxScope(), .workers(64, prefetch: nil), setAt: stage.clock.now))
                }
                for number in 0..<45 {
                    let post = Self.street.liaison(number % 2 + 1, number / 2 % 2 + 1, number / 4 % 6 + 1)
                    let n = try await stage.channel(post, .wecom, to: server.url("/robot"))
                    try await stage.queue(n, line: Int64(number), post, assignment: number + 1)
                }
                try await stage.sending {
                    for expected in [20, 40, 45] {
                        try await poll("\(expected) messages came") { server.requests.count == expected }
                        try await stage.store.eventually("they are settled") {
                            try $0.pushes(.sent, limit: 99).count == expected
                        }
                        // Within its minute it gets no more.
                        try stage.advance(milliseconds: 40_000)
                        try await stage.store.eventually("its channels rest") { [now = stage.clock.now] in
                            try expected == 45 || $0.pushChannels().contains { $0.restsUntil > now }
                        }
                        #expect(server.requests.count == expected)
                        try stage.advance(milliseconds: 21_000)
                    }
                }
            }
        }
    }

    @Test("Attempts back off and end, each counted; what was given up is there to be seen")
    func givingUp() async throws {
        try await PushServer.with { _, _ in
            .answer(500)
        } _: { server in
            try await PushStage.with { stage in
                let post = Self.street.liaison(1, 1, 1)
                let n = try await stage.channel(post, .webhook, to: server.url())
                try await stage.queue(n, line: 1, post)
                try await stage.sending {
                    for attempt in 1...PushPatience.attempts {
                        try await stage.store.eventually("attempt \(attempt) was in vain") {
                            let push = try $0.pushes(limit: 1).first
                            return push?.attempts == attempt && push?.state != .sending
                        }
                        #expect(server.requests.count == attempt)
                        try stage.advance(milliseconds: PushPatience.longestPause)
                    }
                }
                let push = try #require(try await stage.pushes().first)
                #expect(push.state == .givenUp)
                #expect(push.error == "http-500")
                #expect(Set(server.requests.map { $0.headers["webhook-id"] }).count == 1, "one name at each attempt")
                #expect(
                    stage.log.entries.contains { $0.level == .warning && "\($0.message)" == "Pushes were given up" }
                )
            }
        }
    }

    @Test("Told to stop, it finishes what is on its way; killed, it leaves that to the next, under the same name")
    func restart() async throws {
        let isWell = Mutex(false)
        try await PushServer.with { _, _ in
            isWell.withLock(\.self) ? .after(.milliseconds(300)) : .silence
        } _: { server in
            try await PushStage.with { stage in
                let post = Self.street.liaison(1, 1, 1)
                let n = try await stage.channel(post, .webhook, to: server.url())
                try await stage.queue(n, line: 1, post)
                try await stage.sending(ending: .abrupt) {
                    try await poll("the message is on its way") { server.requests.count == 1 }
                }
                #expect(try await stage.pushes().map(\.state) == [.sending])
                isWell.withLock { $0 = true }
                // Nobody else sends it before its lease is over.
                try await stage.sending {
                    try await stage.queue(n, line: 2, post, assignment: 2)
                    try stage.advance(milliseconds: 1)
                    try await poll("the lease is looked at") {
                        try await stage.store.read { try $0.nextPush(after: stage.clock.now) } != nil
                    }
                    #expect(server.requests.count == 1)
                    try stage.advance(milliseconds: PushSender.leaseMilliseconds)
                    try await poll("it is sent again") { server.requests.count == 2 }
                }
                // It was stopped while both were still to be answered, or to be sent.
                let states = try await stage.pushes().map(\.state)
                #expect(states == [.sent, .waiting] || states == [.sent, .sent])
                #expect(server.requests[0].headers["webhook-id"] == server.requests[1].headers["webhook-id"])
            }
        }
    }
}
