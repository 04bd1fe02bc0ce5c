//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Commands on assignments: what they do, on which terms, and what they refuse.
@Suite struct CommandTests {
    @Test("An assignment goes its whole way over HTTP: acknowledged, completed, submitted, sent back, signed off")
    func wholeWay() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder([
                "scope": ["999999001001001"], "cascade": ["to": "cell-leader", "mode": "automatic"],
            ])
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            func act(_ verb: String, _ person: String, _ body: String? = nil) async throws -> JSON {
                let answer = try await api.post("/v1/assignments/\(id)/\(verb)", as: person, body)
                #expect(answer.status == 200, "\(verb): \(answer.text)")
                try await api.deliverMail()
                return answer.json
            }
            let inbox = try await api.get("/v1/posts/\(TestStreet.leader1)/inbox", as: "leader1")
            #expect(inbox.json["assignments"].array.compactMap(\.["id"].string) == [id])
            #expect(try await act("acknowledge", "leader1")["assignment"]["state"].string == "accepted")
            _ = try await act("progress", "leader1", #"{"note": "已走访一半"}"#)
            #expect(
                try await act("complete", "leader1", #"{"note": "完成"}"#)["assignment"]["state"].string == "submitted"
            )
            _ = try await act("rework", "street", #"{"note": "请补照片"}"#)
            #expect(try await act("complete", "leader1")["assignment"]["rework"].number == 1)
            _ = try await act("sign-off", "street")
            let detail = try await api.get("/v1/orders/\(order)", as: "street")
            #expect(detail.json["state"].string == "completed")
            let history = try await api.get("/v1/assignments/\(id)/history", as: "leader1")
            #expect(
                history.json["lines"].array.compactMap(\.["event"].string) == [
                    "issued", "acknowledged", "progressed", "submitted", "reworkRequested", "submitted", "completed",
                ]
            )
            let figures = try await api.get("/v1/statistics", as: "leader1").json["total"]
            #expect(figures["completedOnTime"].number == 1 && figures["onTimeRate"].number == 1)
        }
    }

    @Test("A command decided on an old state is refused with the new ETag, and nothing happens")
    func lostUpdate() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let read = try await api.get("/v1/assignments/\(id)", as: "liaison1")
            let tag = try #require(read.headers[.eTag])
            #expect(tag == "\"0\"")
            let first = try await api.post("/v1/assignments/\(id)/acknowledge", as: "liaison1", ifMatch: tag)
            #expect(first.status == 200)
            #expect(first.headers[.eTag] == "\"1\"")
            let stale = try await api.post("/v1/assignments/\(id)/complete", as: "liaison1", ifMatch: tag)
            #expect(stale.status == 412)
            #expect(stale.headers[.eTag] == "\"1\"")
            for good in ["\"1\"", "*", "\"0\", \"1\""] {
                let progress = try await api.post(
                    "/v1/assignments/\(id)/progress",
                    as: "liaison1",
                    #"{"note": "x"}"#,
                    ifMatch: good
                )
                #expect(progress.status == 200)
            }
            for bad in ["1", "W/\"1\"", "", "\"x\""] {
                let answer = try await api.post("/v1/assignments/\(id)/complete", as: "liaison1", ifMatch: bad)
                #expect(answer.status == 400)
            }
        }
    }

    @Test("A command sent again under its key does nothing twice, also when the state has moved on")
    func idempotency() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let uri = "/v1/assignments/\(id)/acknowledge"
            let first = try await api.post(uri, as: "liaison1", key: "k1", ifMatch: "\"0\"")
            #expect(first.status == 200 && first.json["repeated"] == .bool(false))
            let again = try await api.post(uri, as: "liaison1", key: "k1", ifMatch: "\"0\"")
            #expect(again.status == 200 && again.json["repeated"] == .bool(true))
            #expect(again.json["assignment"]["revision"].number == 1)
            let other = try await api.post("/v1/assignments/\(id)/complete", as: "liaison1", key: "k1")
            #expect(other.status == 422)
            let body = try await api.post(uri, as: "liaison1", #"{"note": "x"}"#, key: "k1")
            #expect(body.status == 422)
            // Somebody else's key of the same name is another key.
            let second = try await api.assignment(of: order, heldBy: TestStreet.liaison2)
            let foreign = try await api.post("/v1/assignments/\(second)/acknowledge", as: "liaison2", key: "k1")
            #expect(foreign.status == 200 && foreign.json["repeated"] == .bool(false))
        }
    }

    @Test("A refused command sent again under its key is refused again, though it would be allowed now")
    func refusedAgain() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let uri = "/v1/assignments/\(id)/progress"
            let note = #"{"note": "x"}"#
            let early = try await api.post(uri, as: "liaison1", note, key: "k2")
            #expect(early.status == 409)
            #expect(early.json["reason"].string == "wrongState")
            _ = try await api.post("/v1/assignments/\(id)/acknowledge", as: "liaison1")
            let again = try await api.post(uri, as: "liaison1", note, key: "k2")
            #expect(again.text == early.text)
            #expect(try await api.post(uri, as: "liaison1", note, key: "k3").status == 200)
        }
    }

    @Test("Twenty requests at once under one key issue one order")
    func concurrentIssue() async throws {
        try await TestAPI.run { api in
            let body = try TestStreet.order()
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await api.post("/v1/orders", as: "street", body, key: "same").json["id"].string
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let listed = try await api.get("/v1/orders", as: "street").json["orders"].array
            #expect(listed.compactMap(\.["id"].string) == ids.compactMap(\.self))
        }
    }

    /// What somebody wrote, which no answer may repeat.
    private static let secret = "住在三楼的老人"

    @Test(
        "What does not fit is refused with a problem that says where, and quotes nothing",
        arguments: [
            ("answer", #"{"note": ["\#(secret)"]}"#, "/note is not a text"),
            ("answer", #"{"note": 3}"#, "/note is not a text"),
            ("answer", #"{"nte": "\#(secret)"}"#, "unknown members: nte"),
            ("answer", #"{"\#(secret)": "x"}"#, "unknown members: one that is no name"),
            ("answer", #"{"answer": "\#(secret)"}"#, "/answer does not fit: write one of carryOn, takeOver, passUp"),
            ("answer", #"{"answer": "carryOn", "dueAt": "\#(secret)"}"#, "/dueAt does not fit: a time is RFC 3339"),
            ("reassign", #"{"post": "\#(secret)"}"#, "/post does not fit: a post is written role@code"),
            ("return", #"{"note": "\#(secret)"#, "not valid JSON"), ("return", "{", "not valid JSON"),
            ("return", #"["\#(secret)"]"#, "the body is not"), ("return", #""\#(secret)""#, "the body is not"),
            ("return", "null", "the body must not be null"), ("return", "", "needs a note that says why"),
            ("return", #"{"note": " "}"#, "needs a note that says why"),
        ]
    )
    func badBodies(verb: String, body: String, place: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let answer = try await api.post("/v1/assignments/\(id)/\(verb)", as: "liaison1", body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.json["status"].number == 422)
            #expect(answer.json["detail"].string?.contains(place) ?? false, "\(answer.text)")
            #expect(!answer.text.contains(Self.secret), "\(answer.text)")
        }
    }

    @Test(
        "An order that does not fit is refused with a problem that says where, and quotes nothing",
        arguments: [
            (["module": secret], "/module does not fit: write one of"),
            (["priority": secret], "/priority does not fit: write one of"),
            (["dueAt": secret], "/dueAt does not fit: a deadline is a time"),
            (["cascade": ["to": "liaison", "mode": secret]], "/cascade/mode does not fit: write one of"),
            (["title": [secret]], "/title is not a text"), (["scope": secret], "/scope is not a"),
        ] as [([String: any Sendable], String)]
    )
    func badOrders(changes: [String: any Sendable], place: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.post("/v1/orders", as: "street", try TestStreet.order(changes))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.json["detail"].string?.contains(place) ?? false, "\(answer.text)")
            #expect(!answer.text.contains(Self.secret), "\(answer.text)")
        }
    }

    @Test("A body of another type is refused, and one that is too large")
    func badTypes() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let uri = "/v1/assignments/\(id)/acknowledge"
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
                let answer = try await api.send(.post, uri, as: "liaison1", body: "{}", headers: [.contentType: type])
                #expect(answer.status == 415)
            }
            let large = #"{"note": ""# + String(repeating: "x", count: Body.largest) + #""}"#
            #expect(try await api.post(uri, as: "liaison1", large).status == 413)
            let order2 = try TestStreet.order(["body": String(repeating: "字", count: Body.largestOrder / 2)])
            #expect(try await api.post("/v1/orders", as: "street", order2).status == 413)
        }
    }

    @Test("Whoever holds several posts says which one acts")
    func severalPosts() async throws {
        try await TestAPI.run { api in
            try await api.store.write { store in
                let n = try #require(try store.person(named: "leader1")).n
                try store.setPosts([TestStreet.leader1, TestStreet.leader2], of: n)
            }
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader2)
            let uri = "/v1/assignments/\(id)/acknowledge"
            #expect(try await api.post(uri, as: "leader1").status == 400)
            #expect(try await api.post("\(uri)?as=\(TestStreet.leader1)", as: "leader1").status == 403)
            #expect(try await api.post("\(uri)?as=\(TestStreet.leader2)", as: "leader1").status == 200)
        }
    }
}
