//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Who acts for whose post (A/B 角).
@Suite struct StandInTests {
    private static let hour: Int64 = 3_600_000

    @Test("A stand-in acts for the post while her period lasts, and the history says who acted")
    func acts() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            #expect(try await Self.grant(TestStreet.leader1, to: "leader2", by: "leader1", api, from: 1, to: 3) != nil)
            let uri = "/v1/assignments/\(id)"
            #expect(try await api.get(uri, as: "leader2").status == 404, "before it begins")
            api.clock.advance(milliseconds: Self.hour)
            let posts = try await api.get("/v1/session", as: "leader2").json["posts"].array
            #expect(posts.map { $0["standIn"] } == [.bool(true), .bool(false)])
            let done = try await api.post(uri + "/acknowledge?as=\(TestStreet.leader1)", as: "leader2", key: "k")
            #expect(done.status == 200, "\(done.text)")
            let noted = try await api.post(uri + "/progress", as: "leader1", #"{"note": "回来了"}"#)
            #expect(noted.status == 200, "\(noted.text)")
            api.clock.advance(milliseconds: 2 * Self.hour)
            #expect(try await api.get(uri, as: "leader2").status == 404, "after it ended")
            let lines = try await api.get(uri + "/history", as: "leader1").json["lines"].array
            let acknowledged = try #require(lines.first { $0["event"].string == "acknowledged" })
            #expect(acknowledged["actor"].string == "\(TestStreet.leader1)")
            #expect(acknowledged["person"].string == "leader2")
            #expect(acknowledged["standIn"] == .bool(true))
            let progressed = try #require(lines.first { $0["event"].string == "progressed" })
            #expect(progressed["person"].string == "leader1")
            #expect(progressed["standIn"] == .bool(false))
            let issued = try #require(lines.first { $0["event"].string == "issued" })
            #expect(issued["person"] == .null, "it came by mail")
            // A page calls people by what the organization calls them.
            let page = try await Browser.signedIn("leader1", api).get("/m/items/\(id)").text
            #expect(page.contains("（持岗人\(TestStreet.leader2.code) 代行）") && !page.contains("leader2 代行"))
            #expect(page.contains("<span class=\"person\">持岗人\(TestStreet.leader1.code)</span>"))
        }
    }

    @Test(
        "The holder and her superiors name a stand-in, and nobody else",
        arguments: AccessTests.people
    )
    func grantors(person: String) async throws {
        try await TestAPI.run { api in
            let mayGrant = ["leader1", "community1", "street"].contains(person)
            let n = try await Self.grant(TestStreet.leader1, to: "liaison2", by: person, api)
            #expect((n != nil) == mayGrant)
            let other = try await api.store.write { store in
                try store.addStandIn(
                    for: TestStreet.leader1,
                    person: #require(try store.person(named: "leader2")).n,
                    from: api.clock.wall.now,
                    to: api.clock.wall.now.adding(milliseconds: Self.hour),
                    grantedBy: nil,
                    at: api.clock.wall.now
                )
            }
            let ended = try await api.send(.delete, "/v1/stand-ins/\(other)", as: person)
            #expect(ended.status == (mayGrant || person == "leader2" ? 204 : 404))
            let listed = try await api.get("/v1/stand-ins", as: person).json["standIns"].array
            #expect(listed.count == (mayGrant ? 1 : 0))
        }
    }

    @Test("A stand-in passes nothing on, and may give it up")
    func passesNothingOn() async throws {
        try await TestAPI.run { api in
            let n = try #require(try await Self.grant(TestStreet.leader1, to: "leader2", by: "leader1", api))
            #expect(try await api.get("/v1/posts/\(TestStreet.leader1)/inbox", as: "leader2").status == 200)
            #expect(try await Self.grant(TestStreet.leader1, to: "leader3", by: "leader2", api, status: 403) == nil)
            #expect(try await Self.grant(TestStreet.group1, to: "leader3", by: "leader2", api, status: 403) == nil)
            #expect(try await api.send(.delete, "/v1/stand-ins/\(n)", as: "leader3").status == 404)
            #expect(try await api.send(.delete, "/v1/stand-ins/\(n)", as: "leader2").status == 204)
            #expect(try await api.get("/v1/posts/\(TestStreet.leader1)/inbox", as: "leader2").status == 404)
            #expect(try await api.send(.delete, "/v1/stand-ins/\(n)", as: "leader1").status == 404)
        }
    }

    @Test("A period that is over, turned round or longer than a year is not granted, nor to who cannot use it")
    func periods() async throws {
        try await TestAPI.run { api in
            let post = TestStreet.leader1
            let periods: [(Int64, Int64)] = [(-3, -1), (2, 1), (1, 1), (0, 367 * 24)]
            for (from, until) in periods {
                _ = try await Self.grant(post, to: "leader2", by: "leader1", api, from: from, to: until, status: 422)
            }
            for name in ["nobody", "leader1", ""] {
                #expect(try await Self.grant(post, to: name, by: "leader1", api, status: 422) == nil)
            }
            try await api.store.write { store in
                try store.setDisabled(true, of: try #require(try store.person(named: "leader2")).n)
            }
            #expect(try await Self.grant(post, to: "leader2", by: "leader1", api, status: 422) == nil)
        }
    }

    @Test("Granting under a key does it once, and the key stands for nothing else")
    func once() async throws {
        try await TestAPI.run { api in
            func body(_ person: String) -> String {
                let until = api.clock.wall.now.adding(milliseconds: Self.hour)
                return #"{"post": "\#(TestStreet.leader1)", "person": "\#(person)", "until": "\#(until)"}"#
            }
            let first = body("leader2")
            let granted = try await api.post("/v1/stand-ins", as: "leader1", first, key: "a")
            #expect(granted.status == 201, "\(granted.text)")
            // Whatever has changed since: the period is over.
            api.clock.advance(milliseconds: 2 * Self.hour)
            let again = try await api.post("/v1/stand-ins", as: "leader1", first, key: "a")
            #expect(again.status == 201 && again.json == granted.json, "\(again.text)")
            #expect(try await api.post("/v1/stand-ins", as: "leader1", first, key: "b").status == 422)
            #expect(try await api.post("/v1/stand-ins", as: "leader1", body("leader3"), key: "a").status == 422)
            // A key is its person's, and what was refused did not use it up.
            #expect(try await api.post("/v1/stand-ins", as: "community1", body("leader2"), key: "a").status == 201)
            #expect(try await api.post("/v1/stand-ins", as: "leader1", body("leader2"), key: "b").status == 201)
            let listed = try await api.get("/v1/stand-ins", as: "street").json["standIns"].array
            #expect(listed.count == 2)
            #expect(try await api.post("/v1/stand-ins", as: "leader1", first, key: "a").json == granted.json)
            #expect(try await api.post("/v1/stand-ins", as: "leader1", body("leader2"), key: "a b").status == 400)
        }
    }

    /// Grants from and to so many hours from now.
    ///
    /// - Returns: The number; nil when it was not granted.
    private static func grant(
        _ post: PostAddress,
        to person: String,
        by grantor: String,
        _ api: TestAPI,
        from: Int64 = 0,
        to until: Int64 = 1,
        status: Int? = nil
    ) async throws -> Int? {
        let now = api.clock.wall.now
        let body = """
            {"post": "\(post)", "person": "\(person)", "from": "\(now.adding(milliseconds: from * hour))",
            "until": "\(now.adding(milliseconds: until * hour))"}
            """
        let answer = try await api.post("/v1/stand-ins", as: grantor, body)
        if let status { #expect(answer.status == status, "\(answer.text)") }
        return answer.status == 201 ? answer.json["number"].number.map { Int($0) } : nil
    }
}
