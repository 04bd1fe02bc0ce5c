//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

@testable import GridAPI

/// Streams of events, over a real socket and read by curl.
@Suite(.timeLimit(.minutes(2))) struct EventStreamTests {
    @Test("What happens on a page arrives, also when another process made it happen, and nothing twice after a break")
    func follow() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                let order = try await api.issueOrder()
                let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
                let uri = "/v1/posts/\(TestStreet.liaison1)/events"
                let last = try await served.follow(uri, as: "liaison1") { events in
                    _ = try await api.post("/v1/assignments/\(id)/acknowledge", as: "liaison1")
                    let event = try #require(try await events.next())
                    #expect(event.name == "acknowledged")
                    #expect(event.data["assignment"].string == id)
                    #expect(event.data["note"] == .null)
                    return event.id
                }
                // Another process: a file of its own over the same path.
                let other = try StateFile.open(at: api.path)
                let desk = LocalDesk(store: other, clock: api.clock.wall, logger: api.logger)
                func progress(_ note: String) async throws {
                    let assignment = try #require(AssignmentID(id))
                    let command = Command(
                        id: try #require(MessageID("other-\(note)")),
                        actor: TestStreet.liaison1,
                        body: .act(.progress, assignment, ActionBody(note: note))
                    )
                    _ = try await desk.perform(command)
                }
                try await progress("1")
                try await progress("2")
                try await served.follow(uri, as: "liaison1", after: last) { events in
                    let missed = [try await events.next(), try await events.next()]
                    #expect(missed.map { $0?.name } == ["progressed", "progressed"])
                    #expect(missed.allSatisfy { ($0?.id ?? 0) > last })
                    try await progress("3")
                    #expect(try await events.next()?.name == "progressed")
                }
                try other.close()
            }
        }
    }

    @Test("What happens between the writing of a page and the beginning of its stream is in the stream")
    func betweenPageAndStream() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                let order = try await api.issueOrder()
                let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
                for (viewer, page) in [("liaison1", "/m"), ("street", "/orders/\(order)")] {
                    let text = try await Browser.signedIn(viewer, api).get(page).text
                    let follow = try #require(text.components(separatedBy: "data-follow=\"").dropFirst().first)
                    let stream = String(follow.prefix { $0 != "\"" }).replacing("&#x3D;", with: "=")
                    #expect(stream.contains("/events?after="))
                    _ = try await api.post("/v1/assignments/\(id)/progress", as: "liaison1", #"{"note": "x"}"#)
                    try await served.follow(stream, as: viewer) { events in
                        let event = try await events.next()
                        #expect(event?.data["assignment"].string == id)
                    }
                }
                for bad in ["-1", "x", "99999999999999999999"] {
                    let uri = "/v1/orders/\(order)/events?after=\(bad)"
                    #expect(try await api.get(uri, as: "street").status == 400)
                }
            }
        }
    }

    @Test("Of an order's events each gets those of the posts that hang below her")
    func order() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                let order = try await api.issueOrder()
                let foreign = try await api.assignment(of: order, heldBy: TestStreet.leader3)
                let own = try await api.assignment(of: order, heldBy: TestStreet.liaison2)
                try await served.follow("/v1/orders/\(order)/events", as: "leader1") { events in
                    _ = try await api.post("/v1/assignments/\(foreign)/acknowledge", as: "leader3")
                    _ = try await api.post("/v1/assignments/\(own)/acknowledge", as: "liaison2")
                    #expect(try await events.next()?.data["assignment"].string == own)
                }
            }
        }
    }

    @Test("A superior hears of an escalation that waits for her")
    func escalation() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                let order = try await api.issueOrder()
                let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
                try await served.follow("/v1/posts/\(TestStreet.community1)/events", as: "community1") { events in
                    _ = try await api.post("/v1/assignments/\(id)/escalate", as: "leader1", #"{"note": "x"}"#)
                    try await api.deliverMail()
                    #expect(try await events.next()?.name == "escalationOpened")
                }
            }
        }
    }

    @Test("A stream ends when its caller may look no more")
    func ends() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                try await served.follow("/v1/posts/\(TestStreet.leader2)/events", as: "leader2") { events in
                    try await api.store.write { store in
                        try store.setDisabled(true, of: try #require(try store.person(named: "leader2")).n)
                    }
                    #expect(try await events.next() == nil)
                }
            }
        }
    }

    @Test("A node that stops ends its streams and stops in time")
    func stops() async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                try await served.follow("/v1/posts/\(TestStreet.leader2)/events", as: "leader2") { events in
                    await served.stop()
                    let next = try await events.next()
                    #expect(next == nil)
                }
            }
        }
    }

    @Test("One person has so many streams and no more")
    func bounded() {
        let count = StreamCount()
        for _ in 0..<StreamCount.mostPerPerson { #expect(count.enter(1)) }
        #expect(!count.enter(1) && !count.hasRoom(for: 1))
        #expect(count.enter(2))
        count.leave(1)
        #expect(count.hasRoom(for: 1))
    }
}
