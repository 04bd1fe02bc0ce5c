//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import Testing

@testable import GridAPI

/// Every route, tried by each role on the data of each other one that it may not see.
///
/// The table says for each route what is tried. A route that is not in it fails the test, so that none is forgotten.
@Suite struct AccessMatrixTests {
    /// Somebody's data: what there is to reach for.
    struct Foreign {
        let post: PostAddress
        /// An order that concerns her and not the viewer; nil where there is none.
        var order: String?
        /// What she holds of an order; nil for offices, which receive no work.
        var assignment: String?
        /// What is attached to it.
        var file: String?
        let standIn: Int64
        /// An order that concerns everybody.
        let shared: String
        /// What she holds of it; nil for offices.
        var part: String?

        /// All she holds.
        var assignments: [String] { [assignment, part].compactMap(\.self) }
    }

    /// What a route must answer to somebody who reaches for what is not hers.
    enum Expected {
        /// The same as for what does not exist.
        case notFound
        /// She may not act so, wherever.
        case forbidden
        /// Her own things, and no word of the other's.
        case silence
    }

    /// A request that reaches for somebody's data.
    struct Reach {
        let uri: String
        let body: String?
        let expected: Expected

        init(_ uri: String, _ body: String?, _ expected: Expected) {
            self.uri = uri
            self.body = body
            self.expected = expected
        }

        init(_ uri: String, _ expected: Expected) {
            self.init(uri, nil, expected)
        }
    }

    /// Makes a request for somebody's data; nil where she has none of the kind.
    typealias Attempt = @Sendable (Foreign) throws -> Reach?

    private static let note = #"{"note": "x"}"#

    /// What is tried on each route.
    static let attempts: [String: [Attempt]] = {
        var table: [String: [Attempt]] = [:]
        table["GET /v1/session"] = [{ _ in Reach("/v1/session", .silence) }]
        table["GET /metrics"] = [{ _ in Reach("/metrics", .notFound) }]
        table["GET /v1/organization"] = [{ Reach("/v1/organization?area=\($0.post.code)", .notFound) }]
        table["GET /v1/statistics"] = [{ Reach("/v1/statistics?area=\($0.post.code)", .notFound) }]
        table["GET /v1/escalations"] = [
            { Reach("/v1/escalations?post=\($0.post)", .notFound) },
            { _ in Reach("/v1/escalations?settled=true", .silence) },
        ]
        table["GET /v1/posts/{post}/inbox"] = [{ Reach("/v1/posts/\($0.post)/inbox", .notFound) }]
        table["GET /v1/posts/{post}/events"] = [{ Reach("/v1/posts/\($0.post)/events", .notFound) }]
        table["GET /v1/stand-ins"] = [{ _ in Reach("/v1/stand-ins", .silence) }]
        table["POST /v1/stand-ins"] = [
            { foreign in
                let until = "2099-01-01T00:00:00Z"
                let body = #"{"post": "\#(foreign.post)", "person": "liaison2", "until": "\#(until)"}"#
                return Reach("/v1/stand-ins", body, .notFound)
            }
        ]
        table["DELETE /v1/stand-ins/{number}"] = [{ Reach("/v1/stand-ins/\($0.standIn)", .notFound) }]
        return table.merging(orders) { $0 + $1 }.merging(assignments) { $0 + $1 }
    }()

    private static var orders: [String: [Attempt]] {
        var table: [String: [Attempt]] = [:]
        table["GET /v1/orders"] = [{ _ in Reach("/v1/orders?limit=200", .silence) }]
        table["POST /v1/orders"] = [{ Reach("/v1/orders?as=\($0.post)", try TestStreet.order(), .forbidden) }]
        table["POST /v1/orders/dry-run"] = [
            { Reach("/v1/orders/dry-run?as=\($0.post)", try TestStreet.order(), .forbidden) }
        ]
        table["POST /v1/orders/{order}/recall"] = [
            { foreign in foreign.order.map { Reach("/v1/orders/\($0)/recall", note, .notFound) } },
            { foreign in foreign.order.map { Reach("/v1/orders/\($0)/recall?as=\(foreign.post)", note, .forbidden) } },
        ]
        for part in ["", "/assignments", "/events"] {
            table["GET /v1/orders/{order}\(part)"] = [
                { foreign in foreign.order.map { Reach("/v1/orders/\($0)\(part)", .notFound) } }
            ]
        }
        return table
    }

    private static var assignments: [String: [Attempt]] {
        var table: [String: [Attempt]] = [:]
        let path = "/v1/assignments/{assignment}/attachments"
        table["POST \(path)"] = [
            { foreign in
                foreign.assignment.map { Reach("/v1/assignments/\($0)/attachments?kind=after", "x", .notFound) }
            },
            { foreign in
                foreign.assignment.map {
                    Reach("/v1/assignments/\($0)/attachments?kind=after&as=\(foreign.post)", "x", .forbidden)
                }
            },
        ]
        table["GET \(path)/{file}"] = [
            { foreign in
                guard let id = foreign.assignment, let file = foreign.file else { return nil }
                return Reach("/v1/assignments/\(id)/attachments/\(file)", .notFound)
            }
        ]
        for part in ["", "/legs", "/history", "/attachments"] {
            table["GET /v1/assignments/{assignment}\(part)"] = [
                { foreign in foreign.assignment.map { Reach("/v1/assignments/\($0)\(part)", .notFound) } }
            ]
        }
        for verb in CommandVerb.allCases where verb != .issue {
            let body =
                switch verb {
                case .answer: #"{"answer": "carryOn"}"#
                case .reassign: #"{"post": "\#(TestStreet.leader3)"}"#
                default: note
                }
            let word = verb.pathWord
            table["POST /v1/assignments/{assignment}/\(word)"] = [
                { foreign in foreign.assignment.map { Reach("/v1/assignments/\($0)/\(word)", body, .notFound) } },
                { foreign in
                    foreign.assignment.map {
                        Reach("/v1/assignments/\($0)/\(word)?as=\(foreign.post)", body, .forbidden)
                    }
                },
            ]
        }
        return table
    }

    /// The routes that ask for no caller, or are about the process, or the caller's session, only.
    static let open = Set(HealthRoutes.paths.map { "GET \($0)" })
        .union(["POST /v1/session", "POST /v1/session/invitation", "DELETE /v1/session"])

    @Test("Every route is in the table, and nothing else")
    func isWhole() async throws {
        try await TestAPI.run { api in
            let routes = OpenAPITests.routes(of: api)
            #expect(Set(routes) == Set(Self.attempts.keys).union(Self.open))
        }
    }

    @Test("No route lets a role reach what is another's", arguments: AccessTests.people)
    func forbidden(viewer: String) async throws {
        try await TestAPI.run(Self.configuration) { api in
            let foreign = try await Self.everybody(but: viewer, in: api)
            #expect(foreign.isEmpty == (viewer == "street"))
            let before = try await Self.traces(in: api)
            try await Self.expectNothing(of: foreign, for: viewer, in: api)
            #expect(try await Self.traces(in: api) == before)
        }
    }

    @Test("A stand-in reaches what she stands in for while her period lasts, and nothing of it before and after")
    func standIn() async throws {
        let (viewer, absent, hour) = ("leader3", "leader1", Int64(3_600_000))
        try await TestAPI.run(Self.configuration) { api in
            let foreign = try await Self.everybody(but: viewer, in: api)
            let theirs = foreign.filter { AccessTests.sees(absent, $0.key) }
            let others = foreign.filter { !AccessTests.sees(absent, $0.key) }
            #expect(theirs.count == 5 && others.count == 4)
            let now = api.clock.wall.now
            try await api.store.write { store in
                _ = try store.addStandIn(
                    for: TestStreet.leader1,
                    person: #require(try store.person(named: viewer)).n,
                    from: now.adding(milliseconds: hour),
                    to: now.adding(milliseconds: 2 * hour),
                    grantedBy: nil,
                    at: now
                )
            }
            let before = try await Self.traces(in: api)
            // What she will stand in for she is told before.
            try await Self.expectNothing(of: foreign, for: viewer, except: ["GET /v1/stand-ins"], in: api)
            api.clock.advance(milliseconds: hour)
            // She holds two posts now, and has to say which one acts.
            try await Self.expectNothing(of: others, for: viewer, as: TestStreet.leader3, in: api)
            try await Self.expectSight(of: theirs, for: viewer, in: api)
            api.clock.advance(milliseconds: hour)
            try await Self.expectNothing(of: foreign, for: viewer, in: api)
            let after = try await Self.traces(in: api)
            // Her own period is over, and nothing else has changed.
            #expect(after == [before[0], before[1] - 1, before[2]])
        }
    }

    private static let configuration = APIConfiguration(
        rate: APIConfiguration.Rate(perSecond: 1_000, burst: 100_000),
        passwordCost: TestAPI.cheap
    )

    /// Tries everything on data that is not for `viewer`.
    ///
    /// - Parameters:
    ///   - actor: As which of her posts, where she has several and the route does not say.
    ///   - routes: What is not tried.
    private static func expectNothing(
        of foreign: [String: Foreign],
        for viewer: String,
        as actor: PostAddress? = nil,
        except routes: Set<String> = [],
        in api: TestAPI
    ) async throws {
        for (route, attempts) in Self.attempts where !routes.contains(route) {
            let method = try #require(HTTPRequest.Method(String(route.prefix { $0 != " " })))
            for (owner, data) in foreign {
                for reach in try attempts.compactMap({ try $0(data) }) {
                    var uri = reach.uri
                    if let actor, method == .post, !uri.contains("as="), !uri.hasSuffix("stand-ins") {
                        uri += (uri.contains("?") ? "&" : "?") + "as=\(actor)"
                    }
                    let answer = try await api.send(method, uri, as: viewer, body: reach.body)
                    let what: Comment = "\(viewer) tries \(route) at \(uri) of \(owner): \(answer.text)"
                    switch reach.expected {
                    case .notFound: #expect(answer.status == 404, what)
                    case .forbidden: #expect(answer.status == 403, what)
                    case .silence:
                        #expect(answer.status == 200, what)
                        // An order of her own names who issued it, whose post may be one she does not see.
                        let issuer = "\"issuedBy\":\"\(data.post)\""
                        let told = route == "GET /v1/orders" ? answer.text.replacing(issuer, with: "") : answer.text
                        for word in [data.order, data.assignment, "\(data.post)"].compactMap(\.self) {
                            #expect(!told.contains("\"\(word)\""), what)
                        }
                    }
                    // Whoever is nobody gets no further than the door, wherever it leads.
                    #expect(try await api.send(method, uri, as: nil, body: reach.body).status == 401, what)
                }
            }
        }
    }

    /// Reads everything that is read of somebody's data, streams aside.
    private static func expectSight(of data: [String: Foreign], for viewer: String, in api: TestAPI) async throws {
        for (route, attempts) in Self.attempts where route.hasPrefix("GET /v1/") && !route.hasSuffix("/events") {
            for (owner, data) in data {
                for case let reach? in try attempts.map({ try $0(data) }) {
                    guard case .notFound = reach.expected else { continue }
                    let answer = try await api.get(reach.uri, as: viewer)
                    #expect(answer.status == 200, "\(viewer) stands in and tries \(route) of \(owner): \(answer.text)")
                }
            }
        }
    }

    /// What would have grown if anything had been done.
    static func traces(in api: TestAPI) async throws -> [Int64] {
        let count = (try? FileManager.default.subpathsOfDirectory(atPath: api.store.files.path))?.count ?? 0
        return try await api.store.read { store in
            let standIns = try store.standIns(at: api.clock.wall.now, limit: 100).count
            return [try store.newestHistoryLine(), Int64(standIns), Int64(count)]
        }
    }

    /// The data of everybody whom `viewer` does not see: a part of an order that concerns all, an order of her own each,
    /// which she has escalated, and somebody who stands in for her.
    static func everybody(but viewer: String, in api: TestAPI) async throws -> [String: Foreign] {
        var foreign: [String: Foreign] = [:]
        let clock = api.clock.wall
        let shared = try await api.issueOrder()
        for (owner, post) in TestStreet.people where !AccessTests.sees(viewer, owner) {
            let standIn = try await api.store.write { store in
                try store.addStandIn(
                    for: post,
                    person: #require(try store.person(named: "street")).n,
                    from: clock.now,
                    to: clock.now.adding(milliseconds: 86_400_000),
                    grantedBy: nil,
                    at: clock.now
                )
            }
            var data = Foreign(post: post, standIn: standIn, shared: shared)
            if post.role != "office" {
                // Work is given by the cell, so others of her role in it get theirs.
                let order = try await api.issueOrder([
                    "scope": [String(post.code.digits.prefix(15))], "cascade": ["to": post.role, "mode": "automatic"],
                ])
                let root = try #require(AssignmentID(order))
                let concerned = try await api.store.read { try $0.assignments(under: root).map(\.post) }
                data.order = TestStreet.people[viewer].map(concerned.contains) ?? false ? nil : order
                let id = try await api.assignment(of: order, heldBy: post)
                data.assignment = id
                data.file = try await api.attach("what \(owner) saw", to: id, as: post)
                data.part = try await api.assignment(of: shared, heldBy: post)
                let up = try await api.post("/v1/assignments/\(id)/escalate", as: owner, note)
                #expect(up.status == 200, "\(up.text)")
                try await api.deliverMail()
            }
            foreign[owner] = data
        }
        return foreign
    }
}
