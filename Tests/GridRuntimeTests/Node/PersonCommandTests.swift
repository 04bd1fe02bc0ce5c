//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import Testing

/// What an operator does about people at the command line, and whether it holds at the API of a node that runs beside it.
@Suite("People at the command line, seen over HTTP", .brokerLimit)
struct PersonCommandTests {
    private struct Person: Decodable {
        let name: String
        let posts: [PostAddress]
        let hasPassword: Bool
        let isDisabled: Bool
    }

    private struct Made: Decodable {
        let password: String
    }

    private struct Token: Decodable {
        let number: Int64
        let token: String
    }

    private struct TokenLine: Decodable {
        let number: Int64
        let person: String
        let label: String
        let expiresAt: String?
        let revokedAt: String?
    }

    private struct Invited: Decodable {
        let link: String
    }

    private struct StandIn: Decodable {
        let number: Int64
        let person: String
        let post: PostAddress
    }

    @Test("A password lets her in, a new one ends what was begun with the old, and only a good one is taken")
    func password() async throws {
        try await ServedOffice.with { office in
            let leader = office.street.cellLeader(1)
            try await office.gridwork("person", "add", "li", "--post", leader.text)
            #expect(try await office.signIn("li", "").status == 401)
            let made = try await office.json(Made.self, "person", "password", "li", "--make").password
            let first = try await office.signIn("li", made)
            #expect(first.status == 200)
            #expect(try first.session().posts == [.init(post: leader, standIn: false)])
            #expect(try await office.ask(cookie: first.cookie).status == 200)
            try await office.gridwork("person", "password", "li", line: "short", expecting: 64)
            #expect(try await office.ask(cookie: first.cookie).status == 200, "nothing was changed")
            try await office.gridwork("person", "password", "li", line: "a longer one of hers")
            #expect(try await office.ask(cookie: first.cookie).status == 401, "the session has ended")
            #expect(try await office.signIn("li", made).status == 401)
            #expect(try await office.signIn("li", "a longer one of hers").status == 200)
            // Standard input that is at its end.
            try await office.gridwork("person", "password", "li", expecting: 66)
            try await office.gridwork("person", "password", "nobody", "--make", expecting: 66)
        }
    }

    @Test("Posts that are set are hers with the next request, and those that are not named are not")
    func posts() async throws {
        try await ServedOffice.with { office in
            let (leader, group) = (office.street.cellLeader(1), office.street.groupLeader(1, 1))
            try await office.gridwork("person", "add", "li", "--post", leader.text)
            try await office.gridwork("person", "add", "li", expecting: 1)
            let token = try await office.json(Token.self, "token", "create", "li").token
            for posts in [[group], [leader, group], []] {
                _ = try await Self.setPosts(posts, office)
                let held = try await office.ask(token: token).session().posts
                #expect(Set(held.map(\.post)) == Set(posts))
                for post in [leader, group] {
                    let inbox = try await office.ask("GET", "/v1/posts/\(post)/inbox", token: token)
                    let isSeen = posts.contains(post) || (post == group && posts.contains(leader))
                    #expect(inbox.status == (isSeen ? 200 : 404))
                }
            }
            try await office.gridwork("person", "posts", "li", "liaison@1", expecting: 64)
            try await office.gridwork("person", "posts", "nobody", leader.text, expecting: 66)
        }
    }

    private static func setPosts(_ posts: [PostAddress], _ office: ServedOffice) async throws -> Program.Result {
        switch posts.count {
        case 0: try await office.gridwork("person", "posts", "li")
        case 1: try await office.gridwork("person", "posts", "li", posts[0].text)
        default: try await office.gridwork("person", "posts", "li", posts[0].text, posts[1].text)
        }
    }

    @Test("Whoever is disabled does nothing any more, and is let in again when she is enabled")
    func disabled() async throws {
        try await ServedOffice.with { office in
            try await office.gridwork("person", "add", "li", "--post", office.street.cellLeader(1).text)
            let password = try await office.json(Made.self, "person", "password", "li", "--make").password
            let token = try await office.json(Token.self, "token", "create", "li").token
            let session = try await office.signIn("li", password)
            let link = try await office.json(Invited.self, "person", "invite", "li").link
            try await office.gridwork("person", "disable", "li")
            #expect(try await office.json([Person].self, "person", "list").map(\.isDisabled) == [true])
            #expect(try await office.gridwork("person", "list").output.contains("disabled"))
            #expect(try await office.ask(cookie: session.cookie).status == 401)
            #expect(try await office.ask(token: token).status == 401)
            #expect(try await office.signIn("li", password).status == 401)
            #expect(try await office.ask("POST", link, form: "").status == 401)
            try await office.gridwork("person", "invite", "li", expecting: 64)
            try await office.gridwork("person", "enable", "li")
            let listed = try await office.json([Person].self, "person", "list")
            #expect(listed.map(\.isDisabled) == [false] && listed.map(\.hasPassword) == [true])
            #expect(try await office.ask(token: token).status == 200)
            #expect(try await office.signIn("li", password).status == 200)
            #expect(try await office.ask(cookie: session.cookie).status == 401, "what has ended does not begin again")
            try await office.gridwork("person", "disable", "nobody", expecting: 66)
        }
    }

    @Test("Tokens are listed without what they are, and one that is revoked holds no more while others do")
    func tokens() async throws {
        try await ServedOffice.with { office in
            try await office.gridwork("person", "add", "li", "--post", office.street.cellLeader(1).text)
            try await office.gridwork("person", "add", "wang", "--post", office.street.cellLeader(2).text)
            let first = try await office.json(Token.self, "token", "create", "li", "--label", "报表", "--days", "2")
            let second = try await office.json(Token.self, "token", "create", "li")
            let other = try await office.json(Token.self, "token", "create", "wang")
            for token in [first, second, other] { #expect(try await office.ask(token: token.token).status == 200) }
            let listed = try await office.json([TokenLine].self, "token", "list", "li")
            #expect(listed.map(\.number) == [second.number, first.number])
            #expect(listed.map(\.label) == ["", "报表"] && listed.map { $0.expiresAt != nil } == [false, true])
            try await office.gridwork("token", "revoke", "\(first.number)")
            #expect(try await office.ask(token: first.token).status == 401)
            for token in [second, other] { #expect(try await office.ask(token: token.token).status == 200) }
            let after = try await office.json([TokenLine].self, "token", "list")
            #expect(after.map(\.person) == ["wang", "li", "li"])
            #expect(after.map { $0.revokedAt != nil } == [false, false, true])
            let text = try await office.gridwork("token", "list").output
            for token in [first, second, other] { #expect(!text.contains(token.token.dropFirst("gridwork_".count))) }
            try await office.gridwork("token", "revoke", "\(first.number)", expecting: 66)
            try await office.gridwork("token", "create", "nobody", expecting: 66)
        }
    }

    @Test("An invitation's QR code is its link, which signs in once, and not after a newer one")
    func invitation() async throws {
        try await ServedOffice.with { office in
            try await office.gridwork("person", "add", "li", "--post", office.street.liaison(1, 1, 1).text)
            let older = try await office.json(Invited.self, "person", "invite", "li").link
            let printed = try await office.gridwork("person", "invite", "li", "--hours", "2").output
            let link = try #require(printed.split(separator: "\n").map(String.init).first { $0.hasPrefix("http://") })
            #expect(try await Self.scan(printed) == link)
            #expect(try await office.ask("GET", link).status == 200)
            #expect(try await office.ask("POST", older, form: "").status == 401, "the newer one made it void")
            let accepted = try await office.ask("POST", link, form: "")
            #expect(accepted.status == 303 && accepted.headers["location"] == "/m")
            #expect(try await office.ask("GET", "/m", cookie: accepted.cookie).status == 200)
            let held = try await office.ask(cookie: accepted.cookie).session().posts.map(\.post)
            #expect(held == [office.street.liaison(1, 1, 1)])
            #expect(try await office.ask("POST", link, form: "").status == 401, "it holds once")
            try await office.gridwork("person", "invite", "li", "--hours", "0", expecting: 64)
            try await office.gridwork("person", "invite", "nobody", expecting: 66)
        }
    }

    /// What a scanner reads off a screen.
    private static func scan(_ screen: String) async throws -> String {
        let script = """
            import sys, zbar
            lines = [line for line in sys.argv[1].split("\\n") if line and set(line) <= set("█▀▄ ")]
            rows = [[cell in light for cell in line] for line in lines for light in ("█▀", "█▄")]
            data = b"".join(bytes(255 * cell for cell in row for _ in range(4)) * 4 for row in rows)
            image = zbar.Image(4 * len(rows[0]), 4 * len(rows), "Y800", data)
            zbar.ImageScanner().scan(image)
            print(*(symbol.data for symbol in image))
            """
        let result = try await Program.run(Program.python, ["-c", script, screen], environment: ["PYTHONUTF8": "1"])
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("A stand-in holds the post from when she is named until it is ended, and the list shows it")
    func standIn() async throws {
        try await ServedOffice.with { office in
            let (leader, other) = (office.street.cellLeader(1), office.street.cellLeader(2))
            try await office.gridwork("person", "add", "li", "--post", other.text)
            let token = try await office.json(Token.self, "token", "create", "li").token
            func seesInbox() async throws -> Bool {
                try await office.ask("GET", "/v1/posts/\(leader)/inbox", token: token).status == 200
            }
            #expect(try await !seesInbox())
            let until = "2099-01-01T00:00:00Z"
            try await office.gridwork("stand-in", "grant", "li", leader.text, "--until", until, expecting: 64)
            let soon = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000) + 86_400_000).description
            let granted = try await office.json(StandIn.self, "stand-in", "grant", "li", leader.text, "--until", soon)
            #expect(try await seesInbox())
            let posts = try await office.ask(token: token).session().posts
            #expect(Set(posts) == [.init(post: leader, standIn: true), .init(post: other, standIn: false)])
            let listed = try await office.json([StandIn].self, "stand-in", "list")
            #expect(listed.map(\.number) == [granted.number])
            #expect(listed.map(\.person) == ["li"] && listed.map(\.post) == [leader])
            try await office.gridwork("stand-in", "end", "\(granted.number)")
            #expect(try await !seesInbox())
            #expect(try await office.json([StandIn].self, "stand-in", "list").isEmpty)
            try await office.gridwork("stand-in", "end", "\(granted.number)", expecting: 66)
            try await office.gridwork("stand-in", "grant", "li", other.text, "--until", soon, expecting: 64)
        }
    }
}
