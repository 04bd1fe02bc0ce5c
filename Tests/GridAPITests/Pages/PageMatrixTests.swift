//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import Testing

@testable import GridAPI

/// Every address of the pages, tried by each role on the data of each other one that it may not see.
///
/// As with the API, an address that is not in the table fails the test.
@Suite struct PageMatrixTests {
    private typealias Foreign = AccessMatrixTests.Foreign

    /// What a page must answer to somebody who reaches for what is not hers.
    private enum Expected {
        /// The same as for what does not exist.
        case notFound
        /// She may not act so, wherever.
        case forbidden
        /// The form again: the rules do not take it.
        case refused
        /// Her own things, and no word of the other's.
        case silence
        /// The same, unless there is nothing of hers to draw.
        case silenceOrNothing
        /// She is sent on to a page of hers.
        case elsewhere
    }

    /// A visit that reaches for somebody's data.
    private struct Reach {
        let uri: String
        /// What a form brings along; nil for a page that is looked at.
        var fields: [String: String]?
        /// Whether photos come with the form.
        var hasPhotos = false
        let expected: Expected

        init(_ uri: String, _ expected: Expected) {
            self.uri = uri
            self.expected = expected
        }

        init(_ uri: String, _ fields: [String: String], hasPhotos: Bool = false, _ expected: Expected) {
            self.uri = uri
            self.fields = fields
            self.hasPhotos = hasPhotos
            self.expected = expected
        }
    }

    /// Makes visits that reach for somebody's data, as somebody who holds a post.
    private typealias Attempt = @Sendable (Foreign, PostAddress) -> [Reach]

    /// What is tried at each address.
    private static let attempts: [String: Attempt] = {
        var table: [String: Attempt] = [:]
        table["GET /m"] = { _, _ in ["", "?tab=done", "?tab=overdue"].map { Reach("/m\($0)", .silence) } }
        table["GET /m/below"] = { _, _ in [Reach("/m/below", .silence)] }
        table["GET /m/items/{assignment}"] = { foreign, _ in
            foreign.assignments.map { Reach("/m/items/\($0)", .notFound) }
        }
        table["GET /m/items/{assignment}/photos/{file}"] = { foreign, _ in
            guard let file = foreign.file else { return [] }
            return foreign.assignments.map { Reach("/m/items/\($0)/photos/\(file)", .notFound) }
        }
        for verb in CommandVerb.allCases where verb != .issue {
            let word = verb.pathWord
            table["POST /m/items/{assignment}/\(word)"] = { foreign, own in
                foreign.assignments.flatMap { commands("/m/items/\($0)/\(word)", foreign, own) }
            }
        }
        table["POST /m/items/{assignment}/complete"] = { foreign, own in
            foreign.assignments.flatMap { id in
                let uri = "/m/items/\(id)/complete"
                let photos = Reach(uri, ["actor": "\(own)"], hasPhotos: true, .notFound)
                return commands(uri, foreign, own) + [photos]
            }
        }
        table["POST /m/items/{assignment}/photos"] = { foreign, own in
            foreign.assignments.map { Reach("/m/items/\($0)/photos", ["actor": "\(own)"], hasPhotos: true, .notFound) }
        }
        return table.merging(orders) { $1 }.merging(forms) { $1 }.merging(overviews) { $1 }
    }()

    private static var orders: [String: Attempt] {
        var table: [String: Attempt] = [:]
        table["GET /"] = { foreign, _ in
            let file = "/?table=orders&format=csv"
            let search = foreign.order.map { [Reach("\(file)&q=\($0)", .silence)] } ?? []
            return [Reach("/", .silence), Reach(file, .silence)] + search
        }
        table["GET /orders/{order}"] = { foreign, own in
            let files = ["assignments", "holding-up"].flatMap { table in
                Export.Format.allCases.map { "?table=\(table)&format=\($0)" }
            }
            let theirs = foreign.order.map { order in
                ([""] + files).map { Reach("/orders/\(order)\($0)", .notFound) }
            }
            let parts = foreign.part.map { part in
                let tables = files.filter { $0.hasSuffix("csv") }
                let silent = ([""] + tables + tables.map { "\($0)&in=\(part)" }).map {
                    Reach("/orders/\(foreign.shared)\($0)", .silence)
                }
                // The branch of somebody above her holds a part of hers.
                let isAbove = foreign.post.code.contains(own.code)
                return silent + [Reach("/orders/\(foreign.shared)?in=\(part)", isAbove ? .silence : .notFound)]
            }
            return (theirs ?? []) + (parts ?? [])
        }
        table["GET /orders/{order}/slip"] = { foreign, _ in
            let theirs = foreign.order.map { Reach("/orders/\($0)/slip", .notFound) }
            let part = foreign.part.map { Reach("/orders/\(foreign.shared)/slip?of=\($0)", .notFound) }
            let root = Reach("/orders/\(foreign.shared)/slip", .notFound)
            return [theirs, part, root].compactMap(\.self)
        }
        table["GET /orders/{order}/slips"] = { foreign, own in
            let theirs = foreign.order.map { Reach("/orders/\($0)/slips", .notFound) }
            let part = foreign.part.map { part in
                // What somebody above her was given holds what was given to her.
                let isAbove = foreign.post.code.contains(own.code)
                let uri = "/orders/\(foreign.shared)/slips?below=\(part)"
                return Reach(uri, isAbove ? .silenceOrNothing : .notFound)
            }
            return [theirs, part].compactMap(\.self)
        }
        for word in ["recall", "urge"] {
            table["POST /orders/{order}/\(word)"] = { foreign, own in
                foreign.order.map { commands("/orders/\($0)/\(word)", foreign, own) } ?? []
            }
        }
        return table
    }

    private static var forms: [String: Attempt] {
        var table: [String: Attempt] = [:]
        table["GET /orders/new"] = { foreign, own in
            ["", "?as=\(foreign.post)"].map { Reach("/orders/new\($0)", mayIssue(own) ? .silence : .notFound) }
        }
        table["POST /orders/new"] = { foreign, own in
            [Reach("/orders/new", order(in: foreign, as: foreign.post), mayIssue(own) ? .silence : .notFound)]
        }
        for path in ["/orders/plan", "/orders"] {
            table["GET \(path)"] = { _, _ in [Reach(path, .elsewhere)] }
            table["POST \(path)"] = { foreign, own in
                [
                    Reach(path, order(in: foreign, as: foreign.post), .forbidden),
                    Reach(path, order(in: foreign, as: own), mayIssue(own) ? .refused : .notFound),
                    Reach("\(path)?table=recipients&format=csv", order(in: foreign, as: foreign.post), .forbidden),
                ]
            }
        }
        return table
    }

    private static var overviews: [String: Attempt] {
        var table: [String: Attempt] = [:]
        table["GET /escalations"] = { _, _ in
            ["", "?table=escalations&format=csv"].map { Reach("/escalations\($0)", .silence) }
        }
        table["POST /escalations/{assignment}/answer"] = { foreign, own in
            foreign.assignments.flatMap { commands("/escalations/\($0)/answer", foreign, own) }
        }
        table["GET /late"] = { _, _ in
            ["", "?kind=unacknowledged", "?kind=unacknowledged&table=late&format=csv"].map {
                Reach("/late\($0)", .silence)
            }
        }
        table["GET /statistics"] = { _, _ in
            let files = ChartDesk.Chart.allCases.map { "?table=\($0)&format=csv" }
            return ([""] + files).map { Reach("/statistics\($0)", .silence) }
        }
        table["GET /statistics/charts/{chart}"] = { _, _ in
            ChartDesk.Chart.allCases.map { Reach("/statistics/charts/\($0)", .silenceOrNothing) }
        }
        table["GET /invitations"] = { foreign, own in
            let isOffice = own.role == "office"
            return [
                Reach("/invitations", isOffice ? .silence : .notFound),
                Reach("/invitations?in=\(foreign.post.code)", .notFound),
            ]
        }
        table["POST /invitations"] = { foreign, own in
            [
                Reach("/invitations", ["unit": foreign.post.code.digits], .notFound),
                Reach("/invitations", ["unit": own.code.digits, "post": "\(foreign.post)"], .notFound),
            ]
        }
        table["GET /operations"] = { _, _ in
            ["", "?table=state&format=csv"].map { Reach("/operations\($0)", .notFound) }
        }
        for word in ["replay", "discard"] {
            let path = "/operations/dead-letters"
            table["POST \(path)/{key}/\(word)"] = { _, _ in [Reach("\(path)/x/\(word)", [:], .notFound)] }
        }
        return table
    }

    /// A command given as herself, and as the other.
    private static func commands(_ uri: String, _ foreign: Foreign, _ own: PostAddress) -> [Reach] {
        [(own, Expected.notFound), (foreign.post, .forbidden)].map { actor, expected in
            let fields = ["actor": "\(actor)", "note": "x", "answer": "carryOn", "post": "\(TestStreet.leader3)"]
            return Reach(uri, fields, expected)
        }
    }

    /// The form of an order to the units of somebody.
    private static func order(in foreign: Foreign, as actor: PostAddress) -> [String: String] {
        [
            "actor": "\(actor)", "title": "x", "body": "x", "module": "publicSafety", "to": "liaison",
            "scope[]": foreign.post.code.digits,
        ]
    }

    private static func mayIssue(_ post: PostAddress) -> Bool { post.role != "liaison" }

    /// The addresses that ask for nobody, or are about the visitor's session, only.
    private static let open: Set<String> = [
        "GET /m/sign-in", "POST /m/sign-in", "POST /m/sign-out", "GET /invitation/{secret}",
        "POST /invitation/{secret}",
    ]

    /// The addresses of the pages as the table writes them; style and script are the same for everybody.
    private static func routes(of api: TestAPI) -> Set<String> {
        let all = APIRouter.build(api.server.services).routes.filter { $0.method != .head }
            .map { "\($0.method) \(OpenAPITests.template("\($0.path)"))" }
        let files = StaticAddress.all.map { "GET \($0.path)" }
        return Set(all).subtracting(OpenAPITests.routes(of: api)).subtracting(files)
    }

    @Test("Every address of the pages is in the table, and nothing else")
    func isWhole() async throws {
        try await TestAPI.run { api in
            #expect(Self.routes(of: api) == Set(Self.attempts.keys).union(Self.open))
        }
    }

    @Test("No page lets a role reach what is another's", arguments: AccessTests.people)
    func forbidden(viewer: String) async throws {
        let rate = APIConfiguration.Rate(perSecond: 1_000, burst: 100_000)
        try await TestAPI.run(APIConfiguration(rate: rate, passwordCost: TestAPI.cheap)) { api in
            let foreign = try await AccessMatrixTests.everybody(but: viewer, in: api)
            let own = try #require(TestStreet.people[viewer])
            let browser = try await Browser.signedIn(viewer, api)
            let csrf = try #require(Browser.forms(try await browser.get("/m").text).last?.fields["csrf"])
            // Pictures are kept for whoever asks next.
            try await Self.draw(in: api)
            let before = try await AccessMatrixTests.traces(in: api)
            for (route, attempt) in Self.attempts {
                for (owner, data) in foreign {
                    // Who stands above her, her pages name: they issued what she holds.
                    let names = AccessTests.below[owner]?.contains(viewer) ?? false ? [] : ["单位", "持岗人"]
                    let words =
                        [data.order, data.assignment, data.part, "\(data.post)"].compactMap(\.self)
                        + names.map { $0 + data.post.code.digits }
                    for reach in attempt(data, own) {
                        let answer = try await Self.visit(reach, browser, csrf: csrf)
                        let what: Comment = "\(viewer) tries \(route) at \(reach.uri) of \(owner): \(answer.text)"
                        switch reach.expected {
                        case .notFound: #expect(answer.status == 404, what)
                        case .forbidden: #expect(answer.status == 403, what)
                        case .refused: #expect(answer.status == 422, what)
                        case .elsewhere: #expect(answer.status == 303, what)
                        case .silence: #expect(answer.status == 200, what)
                        case .silenceOrNothing: #expect([200, 404].contains(answer.status), what)
                        }
                        if answer.status == 200 {
                            // The links of a page keep what its own address asks for.
                            let asked = reach.uri.split(separator: "?").last ?? ""
                            let told = answer.text.replacing("?\(asked)", with: "")
                            for word in words { #expect(!Self.tells(told, word), "\(word): \(what)") }
                        }
                        try await Self.expectNothing(for: reach, like: answer, of: browser, what)
                    }
                }
            }
            #expect(try await AccessMatrixTests.traces(in: api) == before)
        }
    }

    @Test("Tables and pictures show each her own part of what the street sees whole")
    func parts() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder([
                "cascade": ["to": "cell-leader", "mode": "automatic"], "signOff": [String](),
            ])
            for (leader, post) in [("leader2", TestStreet.leader2), ("leader3", TestStreet.leader3)] {
                let id = try await api.assignment(of: order, heldBy: post)
                #expect(try await api.post("/v1/assignments/\(id)/complete", as: leader).status == 200)
            }
            try await api.deliverMail()
            let (first, second) = (TestStreet.leader1.code, TestStreet.leader3.code.digits.dropLast() + "2")
            let parts: [(String, mine: String, others: String)] = [
                ("/orders/\(order)?table=assignments&format=csv", "单位\(first)", "单位\(second)"),
                ("/statistics?table=load&format=csv", "单位\(first)", "单位\(second)"),
                ("/statistics/charts/load", "单位\(first)", "单位\(second)"),
                ("/statistics?table=onTime&format=csv", "单位\(first)", "单位\(TestStreet.community2.code)"),
                ("/statistics/charts/onTime", "单位\(TestStreet.leader2.code)", "单位\(TestStreet.community2.code)"),
            ]
            let street = try await Browser.signedIn("street", api)
            let community = try await Browser.signedIn("community1", api)
            for (uri, mine, others) in parts {
                let whole = try await street.get(uri)
                #expect(whole.status == 200 && Self.tells(whole.text, others), "\(uri): \(whole.text)")
                let part = try await community.get(uri)
                #expect(part.status == 200 && Self.tells(part.text, mine), "\(uri): \(part.text)")
                #expect(!Self.tells(part.text, others), "\(uri): \(part.text)")
            }
        }
    }

    private static func visit(_ reach: Reach, _ browser: Browser, csrf: String) async throws -> Answer {
        guard let fields = reach.fields else { return try await browser.get(reach.uri) }
        let form = Browser.Form(action: reach.uri, fields: fields.merging(["csrf": csrf]) { $1 }, text: "")
        guard reach.hasPhotos else { return try await browser.submit(form) }
        return try await browser.submit(form, files: [("after", Array("what was seen".utf8))])
    }

    /// Whoever is nobody gets no further than the door, wherever it leads; and HEAD tells what GET does.
    private static func expectNothing(
        for reach: Reach,
        like answer: Answer,
        of browser: Browser,
        _ what: Comment
    ) async throws {
        let nobody = try await visit(reach, Browser(api: browser.api, cookie: "x=y"), csrf: "x")
        #expect(nobody.status == 303 && nobody.headers[.location]?.hasPrefix("/m/sign-in") ?? false, what)
        guard reach.fields == nil else { return }
        let head = try await browser.api.send(.head, reach.uri, as: nil, headers: [.cookie: browser.cookie])
        #expect(head.status == answer.status && head.text.isEmpty, what)
    }

    /// Has every picture drawn for somebody who sees everything.
    private static func draw(in api: TestAPI) async throws {
        let street = try await Browser.signedIn("street", api)
        for chart in ChartDesk.Chart.allCases { _ = try await street.get("/statistics/charts/\(chart)") }
    }

    /// Whether a text has a word, as a whole: codes begin with those of the units around them, and so do the numbers of
    /// assignments.
    private static func tells(_ text: String, _ word: String) -> Bool {
        text.ranges(of: word).contains { range in
            let rest = text[range.upperBound...].prefix(2)
            return !(rest.first?.isNumber ?? false) && !(rest.first == "." && rest.last?.isNumber ?? false)
        }
    }
}
