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

/// Who may see and do what: each role against each other's data.
@Suite struct AccessTests {
    /// Whose posts each person sees, beside her own; written out by hand, not computed as the product does.
    static let below: [String: Set<String>] = [
        "street": [
            "community1", "community2", "leader1", "leader2", "leader3", "group1", "group2", "liaison1", "liaison2",
        ],
        "community1": ["leader1", "leader2", "group1", "group2", "liaison1", "liaison2"],
        "community2": ["leader3"],
        "leader1": ["group1", "group2", "liaison1", "liaison2"],
        "group1": ["liaison1", "liaison2"],
    ]

    static let people = TestStreet.people.keys.sorted()

    static func sees(_ viewer: String, _ owner: String) -> Bool {
        viewer == owner || below[viewer]?.contains(owner) ?? false
    }

    @Test(
        "Each role sees its own assignment and those below it; all others do not exist for it",
        arguments: AccessTests.people
    )
    func assignments(viewer: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            // The community's office holds no assignment: its level receives no work.
            for (owner, post) in TestStreet.people where !owner.hasPrefix("community") {
                let id = try await api.assignment(of: order, heldBy: post)
                let expected = Self.sees(viewer, owner) ? 200 : 404
                for part in ["", "/legs", "/history"] {
                    let answer = try await api.get("/v1/assignments/\(id)\(part)", as: viewer)
                    #expect(answer.status == expected, "\(viewer) asks for \(owner)'s\(part)")
                }
            }
        }
    }

    @Test("Each role opens its own inbox and those below it, and no other", arguments: AccessTests.people)
    func inboxes(viewer: String) async throws {
        try await TestAPI.run { api in
            _ = try await api.issueOrder()
            for (owner, post) in TestStreet.people {
                let expected = Self.sees(viewer, owner) ? 200 : 404
                let inbox = try await api.get("/v1/posts/\(post)/inbox", as: viewer)
                #expect(inbox.status == expected, "\(viewer) asks for the inbox of \(owner)")
                let escalations = try await api.get("/v1/escalations?post=\(post)", as: viewer)
                #expect(escalations.status == expected, "\(viewer) asks for the escalations of \(owner)")
                if expected == 404 {
                    let events = try await api.get("/v1/posts/\(post)/events", as: viewer)
                    #expect(events.status == 404, "\(viewer) follows \(owner)")
                }
            }
        }
    }

    @Test(
        "Each role gets the organization and the statistics of its own units, and no others",
        arguments: AccessTests.people
    )
    func areas(viewer: String) async throws {
        try await TestAPI.run { api in
            _ = try await api.issueOrder()
            let own = try #require(TestStreet.people[viewer]).code
            for (owner, post) in TestStreet.people {
                let expected = Self.sees(viewer, owner) ? 200 : 404
                for what in ["organization", "statistics"] {
                    let answer = try await api.get("/v1/\(what)?area=\(post.code)", as: viewer)
                    #expect(answer.status == expected, "\(viewer) asks for \(what) of \(owner)")
                }
            }
            let units = try await api.get("/v1/organization", as: viewer).json["units"].array
            #expect(!units.isEmpty)
            #expect(units.allSatisfy { $0["code"].string?.hasPrefix(own.digits) ?? false })
            let parts = try await api.get("/v1/statistics?level=liaison-point", as: viewer).json["units"].array
            #expect(parts.allSatisfy { $0["code"].string?.hasPrefix(own.digits) ?? false })
        }
    }

    @Test("Of an order, each role sees the part that hangs below it", arguments: AccessTests.people)
    func orders(viewer: String) async throws {
        try await TestAPI.run { api in
            let all = try await api.issueOrder()
            let elsewhere = try await api.issueOrder(["scope": ["999999001002"]])
            let own = try #require(TestStreet.people[viewer]).code
            let concerned = ["street", "community2", "leader3"].contains(viewer)
            let listed = try await api.get("/v1/orders", as: viewer).json["orders"].array.compactMap(\.["id"].string)
            #expect(listed == (concerned ? [elsewhere, all] : [all]))
            for part in ["", "/assignments", "/events"] where !concerned {
                #expect(try await api.get("/v1/orders/\(elsewhere)\(part)", as: viewer).status == 404)
            }
            let tree = try await api.get("/v1/orders/\(all)/assignments", as: viewer).json["assignments"].array
            #expect(!tree.isEmpty)
            for assignment in tree {
                let post = try #require(assignment["post"].string.flatMap { PostAddress($0) })
                #expect(own.contains(post.code), "\(viewer) sees \(post)")
            }
            let detail = try await api.get("/v1/orders/\(all)", as: viewer)
            #expect(detail.json["counts"]["total"].number == Double(tree.count))
            let waiting = detail.json["holdingUp"].array.compactMap { $0["post"].string.flatMap { PostAddress($0) } }
            #expect(waiting.allSatisfy { own.contains($0.code) })
        }
    }

    @Test("Nobody acts as a post she does not hold, not even as one below her", arguments: AccessTests.people)
    func foreignPosts(viewer: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            for (owner, post) in TestStreet.people where owner != viewer {
                for verb in CommandVerb.allCases where verb != .issue {
                    let answer = try await api.post(
                        "/v1/assignments/\(id)/\(verb.pathWord)?as=\(post)",
                        as: viewer,
                        #"{"note": "x"}"#
                    )
                    #expect(answer.status == 403, "\(viewer) tries \(verb) as \(owner)")
                }
                let issue = try await api.post("/v1/orders?as=\(post)", as: viewer, try TestStreet.order())
                #expect(issue.status == 403)
                let plan = try await api.post("/v1/orders/dry-run?as=\(post)", as: viewer, try TestStreet.order())
                #expect(plan.status == 403)
                let recall = try await api.post("/v1/orders/\(order)/recall?as=\(post)", as: viewer, #"{"note": "x"}"#)
                #expect(recall.status == 403)
            }
            // Nothing of all that has changed anything.
            let after = try await api.get("/v1/assignments/\(id)", as: "liaison1")
            #expect(after.json["assignment"]["revision"].number == 0)
        }
    }

    /// Who issued what each holds; written out by hand as well.
    private static let issuers = [
        "leader1": "street", "leader2": "street", "leader3": "street", "group1": "leader1", "group2": "leader1",
        "liaison1": "group1", "liaison2": "group1",
    ]

    /// What a verb must answer about work that was handed in; nil where it is `viewer`'s to do.
    private static func refusal(of verb: CommandVerb, by viewer: String, about owner: String) -> (Int, String?)? {
        guard sees(viewer, owner) else { return (404, nil) }
        switch verb {
        case .acknowledge, .progress, .complete, .return, .escalate:
            return viewer == owner ? nil : (403, "notYours")
        case .signOff, .rework, .recall, .reassign:
            return viewer == issuers[owner] ? nil : (403, "notYours")
        // Whoever stands above may be asked, and was not.
        case .answer: return viewer == owner ? (403, "notYours") : (409, "wrongState")
        // Anybody above may urge.
        case .urge, .issue: return nil
        }
    }

    @Test(
        "Nobody changes an assignment that is neither hers nor waits for her, and who sees it is told whose it is",
        arguments: AccessTests.people
    )
    func foreignAssignments(viewer: String) async throws {
        try await TestAPI.run { api in
            for owner in Self.issuers.keys {
                let id = try await Self.submit(as: owner, api)
                let number = try #require(AssignmentID(id))
                let before = try await api.store.read { try $0.assignment(number)?.revision }
                let role = try #require(TestStreet.people[owner]).role
                let peer = try #require(TestStreet.people.first { $0.key != owner && $0.value.role == role }).value
                for verb in CommandVerb.allCases {
                    guard let (status, reason) = Self.refusal(of: verb, by: viewer, about: owner) else { continue }
                    let body =
                        switch verb {
                        case .answer: #"{"answer": "carryOn"}"#
                        case .reassign: #"{"post": "\#(peer)"}"#
                        default: #"{"note": "x"}"#
                        }
                    let answer = try await api.post("/v1/assignments/\(id)/\(verb.pathWord)", as: viewer, body)
                    let what: Comment = "\(viewer) tries \(verb) on \(owner)'s: \(answer.text)"
                    #expect(answer.status == status, what)
                    #expect(answer.json["reason"].string == reason, what)
                }
                let after = try await api.store.read { try $0.assignment(number) }
                #expect(after?.state == .submitted && after?.revision == before)
            }
        }
    }

    /// Hands in what somebody holds of an order that asks for sign-off.
    private static func submit(as owner: String, _ api: TestAPI) async throws -> String {
        let post = try #require(TestStreet.people[owner])
        let order = try await api.issueOrder([
            "scope": [String(post.code.digits.prefix(15))], "cascade": ["to": post.role, "mode": "automatic"],
            "signOff": [post.role],
        ])
        let id = try await api.assignment(of: order, heldBy: post)
        let done = try await api.post("/v1/assignments/\(id)/complete", as: owner)
        #expect(done.json["assignment"]["state"].string == "submitted", "\(done.text)")
        try await api.deliverMail()
        return id
    }

    @Test("A superior sees what was escalated to her, and another superior does not")
    func escalation() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let up = try await api.post("/v1/assignments/\(id)/escalate", as: "leader1", #"{"note": "水泵房没有钥匙"}"#)
            #expect(up.status == 200, "\(up.text)")
            try await api.deliverMail()
            let mine = try await api.get("/v1/escalations", as: "community1").json["escalations"].array
            #expect(mine.compactMap(\.["assignment"].string) == [id])
            #expect(try await api.get("/v1/escalations", as: "community2").json["escalations"].array.isEmpty)
            let foreign = try await api.post(
                "/v1/assignments/\(id)/answer",
                as: "community2",
                #"{"answer": "carryOn"}"#
            )
            #expect(foreign.status == 404)
            // The street stands above both, and was not asked.
            let above = try await api.post("/v1/assignments/\(id)/answer", as: "street", #"{"answer": "carryOn"}"#)
            #expect(above.status == 409 && above.json["reason"].string == "wrongState", "\(above.text)")
            let own = try await api.post("/v1/assignments/\(id)/answer", as: "leader1", #"{"answer": "carryOn"}"#)
            #expect(own.status == 403 && own.json["reason"].string == "notYours", "\(own.text)")
            #expect(try await api.store.read { try $0.assignment(#require(AssignmentID(id)))?.state } == .escalated)
            let answer = try await api.post("/v1/assignments/\(id)/answer", as: "community1", #"{"answer": "carryOn"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            try await api.deliverMail()
            let after = try await api.get("/v1/assignments/\(id)", as: "leader1")
            #expect(after.json["assignment"]["state"].string == "accepted")
        }
    }

    @Test("A post that was taken away is gone with the next request")
    func takenAway() async throws {
        try await TestAPI.run { api in
            #expect(try await api.get("/v1/posts/\(TestStreet.leader1)/inbox", as: "leader1").status == 200)
            try await api.store.write { store in
                try store.setPosts([], of: try #require(try store.person(named: "leader1")).n)
            }
            #expect(try await api.get("/v1/posts/\(TestStreet.leader1)/inbox", as: "leader1").status == 404)
            let issue = try await api.post("/v1/orders", as: "leader1", try TestStreet.order())
            #expect(issue.status == 400)
        }
    }

    @Test(
        "Without a credential there is nothing to see",
        arguments: ["orders", "organization", "escalations", "statistics"]
    )
    func anonymous(what: String) async throws {
        try await TestAPI.run { api in
            let answer = try await api.get("/v1/\(what)", as: nil)
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate] != nil)
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }
}
