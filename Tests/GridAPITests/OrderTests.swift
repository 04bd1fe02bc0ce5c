//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import HTTPTypes
import Testing

@testable import GridAPI

/// Work orders over HTTP.
@Suite struct OrderTests {
    @Test("A dry run names who would get an order and what each has to do already, and issues nothing")
    func dryRun() async throws {
        try await TestAPI.run { api in
            _ = try await api.issueOrder(["scope": ["999999001001001"]])
            let plan = try await api.post(
                "/v1/orders/dry-run",
                as: "street",
                try TestStreet.order([
                    "scope": ["999999001001"], "cascade": ["to": "group-leader", "mode": "automatic"],
                ])
            )
            #expect(plan.status == 200, "\(plan.text)")
            #expect(plan.json["total"].number == 6)
            #expect(plan.json["levels"].array.map(\.["posts"].number) == [2, 4])
            let first = plan.json["recipients"].array.first { $0["post"].string == "\(TestStreet.leader1)" }
            let second = plan.json["recipients"].array.first { $0["post"].string == "\(TestStreet.leader2)" }
            #expect(first?["open"].number == 1 && second?["open"].number == 0)
            #expect(try await api.get("/v1/orders", as: "street").json["orders"].array.count == 1)
        }
    }

    @Test("An order tells the revision that a recall is decided on, to whoever sees its own assignment")
    func entityTag() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let read = try await api.get("/v1/orders/\(order)", as: "street")
            let tag = try #require(read.headers[.eTag])
            #expect(try await api.get("/v1/orders/\(order)", as: "leader1").headers[.eTag] == nil)
            let body = #"{"note": "改期"}"#
            func recall(_ tag: String) async throws -> Answer {
                try await api.post("/v1/orders/\(order)/recall", as: "street", body, ifMatch: tag)
            }
            #expect(try await recall("\"99\"").status == 412)
            let recalled = try await recall(tag)
            #expect(recalled.status == 200, "\(recalled.text)")
            let fresh = try await api.get("/v1/orders/\(order)", as: "street").headers[.eTag]
            #expect(fresh != tag && fresh == recalled.headers[.eTag])
            #expect(try await recall(tag).status == 412)
        }
    }

    @Test("What a dry run plans is what issuing brings")
    func planHolds() async throws {
        try await TestAPI.run { api in
            let plan = try await api.post("/v1/orders/dry-run", as: "street", try TestStreet.order())
            let order = try await api.issueOrder()
            let tree = try await api.get("/v1/orders/\(order)/assignments", as: "street").json["assignments"].array
            let planned = Set(plan.json["recipients"].array.compactMap(\.["post"].string))
            #expect(Set(tree.compactMap(\.["post"].string)) == planned.union(["\(TestStreet.office)"]))
        }
    }

    @Test(
        "An order that does not hold is refused alike by dry run and issuing",
        arguments: ["orders", "orders/dry-run"]
    )
    func refused(path: String) async throws {
        try await TestAPI.run { api in
            let bad = try TestStreet.order(["scope": ["1"], "title": ""])
            let answer = try await api.post("/v1/\(path)", as: "street", bad)
            #expect(answer.status == 422)
            #expect(answer.json["reason"].string == "invalid")
            #expect(answer.json["detail"].string?.contains("scope/0") ?? false)
            let foreign = try TestStreet.order(["scope": ["999999001002"]])
            #expect(try await api.post("/v1/\(path)", as: "leader1", foreign).status == 422)
        }
    }

    @Test("The list goes on page by page and misses nothing, and filters what was asked for")
    func list() async throws {
        try await TestAPI.run { api in
            var issued: [String] = []
            for number in 0..<5 {
                // Two of one millisecond are told apart by their numbers.
                if number % 2 == 0 { api.clock.advance(milliseconds: 1) }
                let module = number == 3 ? "services" : "publicSafety"
                issued.append(
                    try await api.issueOrder(["module": module, "cascade": ["to": "cell-leader", "mode": "automatic"]])
                )
            }
            for person in ["street", "leader1"] {
                var listed: [String] = []
                var next: String?
                repeat {
                    let uri = "/v1/orders?limit=2" + (next.map { "&after=\($0)" } ?? "")
                    let page = try await api.get(uri, as: person)
                    listed += page.json["orders"].array.compactMap(\.["id"].string)
                    next = page.json["next"].string
                } while next != nil
                #expect(listed == issued.reversed())
            }
            let services = try await api.get("/v1/orders?module=services", as: "street").json["orders"].array
            #expect(services.compactMap(\.["id"].string) == [issued[3]])
            let numbered = try await api.get("/v1/orders?q=\(issued[2])&late=false", as: "street").json["orders"].array
            #expect(numbered.compactMap(\.["id"].string) == [issued[2]])
            #expect(try await api.get("/v1/orders?q=nothing", as: "street").json["orders"].array.isEmpty)
            #expect(try await api.get("/v1/orders?late=true", as: "street").json["orders"].array.isEmpty)
            let recall = try await api.post("/v1/orders/\(issued[1])/recall", as: "street", #"{"note": "取消"}"#)
            #expect(recall.status == 200, "\(recall.text)")
            let recalled = try await api.get("/v1/orders?state=recalled", as: "street").json["orders"].array
            #expect(recalled.compactMap(\.["id"].string) == [issued[1]])
        }
    }

    @Test("A tree goes on page by page")
    func tree() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            var ids: [String] = []
            var next: String?
            repeat {
                let uri = "/v1/orders/\(order)/assignments?limit=7" + (next.map { "&after=\($0)" } ?? "")
                let page = try await api.get(uri, as: "street")
                ids += page.json["assignments"].array.compactMap(\.["id"].string)
                next = page.json["next"].string
            } while next != nil
            #expect(ids.count == 29)
            #expect(ids == Array(Set(ids)).sorted())
        }
    }

    @Test(
        "A query that is not understood is refused instead of guessed",
        arguments: [
            "orders?q=", "orders?q=\(String(repeating: "x", count: 101))", "orders?late=1",
            "orders?limit=0", "orders?limit=x", "orders?limit=201", "orders?state=done", "orders?sate=issued",
            "assignments/999999001-20260101-0001.1/history?after=-1",
            "orders?after=x", "orders?limit=1&limit=2", "statistics?from=yesterday", "statistics?level=moon",
            "escalations?settled=yes", "organization?area=abc",
        ]
    )
    func badQueries(uri: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.get("/v1/\(uri)", as: "street")
            #expect(answer.status == 400, "\(answer.text)")
        }
    }

    @Test("What is not there is not there: orders, assignments, posts, routes")
    func notFound() async throws {
        try await TestAPI.run { api in
            for uri in [
                "orders/999999001-20260101-0001", "orders/x", "assignments/999999001-20260101-0001.1", "assignments/x",
                "posts/office@1/inbox", "posts/x/inbox", "nothing", "orders/999999001-20260101-0001/nothing",
            ] {
                let answer = try await api.get("/v1/\(uri)", as: "street")
                #expect(answer.status == 404, "\(uri)")
                #expect(answer.headers[.contentType] == "application/problem+json")
            }
        }
    }

    @Test("A method that an address does not take is told which ones it takes")
    func methods() async throws {
        try await TestAPI.run { api in
            let answer = try await api.send(.put, "/v1/orders", as: "street")
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "GET, HEAD, POST")
            let deletion = try await api.send(.delete, "/v1/assignments/x", as: "street")
            #expect(deletion.headers[.allow] == "GET, HEAD")
            let query = try #require(HTTPRequest.Method("QUERY"))
            for method in [HTTPRequest.Method.trace, query] {
                #expect(try await api.send(method, "/v1/orders", as: "street").status == 405)
            }
            #expect(try await api.send(.head, "/v1/orders/x/events", as: "street").headers[.allow] == "GET")
        }
    }

    @Test("HEAD answers as GET does, without the content, and is nobody's way around signing in")
    func head() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            for (uri, person) in [
                ("/v1/orders", "street"), ("/v1/orders/\(order)", "street"), ("/v1/orders/x", "street"),
                ("/v1/orders", nil), ("/v1/nothing", "street"), ("/invitation/x", nil),
            ] as [(String, String?)] {
                let get = try await api.get(uri, as: person)
                let head = try await api.send(.head, uri, as: person)
                #expect(head.status == get.status, "\(uri)")
                #expect(head.headers == get.headers, "\(uri)")
                #expect(head.headers[.contentLength] == "\(get.text.utf8.count)", "\(uri)")
                #expect(head.text.isEmpty, "\(uri)")
            }
        }
    }
}
