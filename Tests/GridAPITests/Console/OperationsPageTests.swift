//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Synchronization
import Testing

@testable import GridAPI
@testable import GridRuntime

/// What operators see, and what nobody else does.
@Suite struct OperationsPageTests {
    /// A broker with a few mailboxes, processes that serve them, and a dead letter.
    final class Desk: OperationsDesk {
        private struct Away: Error {}

        let isAway: Bool
        let asked = Mutex<[String]>([])

        init(isAway: Bool = false) {
            self.isAway = isAway
        }

        func workers(in organization: Organization) -> WorkerOverview {
            func mailbox(_ number: Int, backlog: Int?, consumers: Int?) -> WorkerOverview.MailboxLine {
                .init(
                    mailbox: "cell.\(number).liaison",
                    workers: number == 1 ? 8 : nil,
                    pausedAt: number == 4 ? Instant(milliseconds: 0) : nil,
                    consumers: isAway ? nil : consumers,
                    backlog: isAway ? nil : backlog,
                    held: 3,
                    oldestSeconds: number == 1 ? 95 : nil,
                    perMinute: 11.6,
                    busy: 0,
                    processes: []
                )
            }
            func process(_ name: String, _ state: WorkerOverview.Process.State) -> WorkerOverview.Process {
                .init(
                    name: name,
                    duties: "node",
                    selection: MailboxSelection(),
                    state: state,
                    follows: true,
                    startedAt: Instant(milliseconds: 0),
                    seenAt: Instant(milliseconds: 0),
                    serving: 164,
                    held: 21,
                    perMinute: 1_234.4,
                    busy: 0.374
                )
            }
            return WorkerOverview(
                processes: [process("4711:a", .serving), process("4712:<b>", .silent)],
                mailboxes: [
                    mailbox(1, backlog: 7, consumers: 2), mailbox(2, backlog: nil, consumers: nil),
                    mailbox(3, backlog: 0, consumers: 0), mailbox(4, backlog: 5, consumers: 0),
                ],
                brokerProblem: isAway ? "connection refused" : nil
            )
        }

        func letters() throws -> [DeadLetter] {
            if isAway { throw Away() }
            let message = StoredMessage(
                exchange: "gridwork",
                routingKey: "cell.1.<b>",
                messageID: "m1",
                headers: [:],
                type: "gridwork.assignment.issued.v1",
                correlationID: nil,
                body: []
            )
            return [DeadLetter(message, from: "gridwork.unrouted")]
        }

        func replay(_ key: String) -> DeadLetterDesk.Result {
            asked.withLock { $0.append("replay \(key)") }
            return key == "gone" ? .notFound : key == "full" ? .failed("no") : .done
        }

        func discard(_ key: String) -> DeadLetterDesk.Result {
            asked.withLock { $0.append("discard \(key)") }
            return .done
        }
    }

    @Test("An operator sees what is wrong first, sends letters again and discards them")
    func operations() async throws {
        let desk = Desk()
        try await TestAPI.run(operations: desk) { api in
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/operations").text
            let places = ["cell.2.liaison", "cell.3.liaison", "cell.1.liaison", "cell.4.liaison"].compactMap {
                page.range(of: $0)?.lowerBound
            }
            #expect(places.count == 4 && places == places.sorted())
            #expect(page.contains("没有信箱接收") && page.contains("cell.1.&lt;b&gt;"))
            let letters = try desk.letters()
            let key = try #require(letters.first).key
            let form = try #require(Browser.forms(page).first { $0.action == "/operations/dead-letters/\(key)/replay" })
            #expect(form.text.contains("formaction=\"/operations/dead-letters/\(key)/discard\""))
            let done = try await browser.submit(form)
            #expect(done.status == 303 && done.headers[.location] == "/operations?did=letter")
            #expect(try await browser.get("/operations?did=letter").text.contains("已处理。"))
            for (address, status) in [("\(key)/discard", 303), ("gone/replay", 404), ("full/replay", 503)] {
                let other = Browser.Form(action: "/operations/dead-letters/\(address)", fields: form.fields, text: "")
                #expect(try await browser.submit(other).status == status)
            }
            let foreign = Browser.Form(action: form.action, fields: ["csrf": "x"], text: "")
            #expect(try await browser.submit(foreign).status == 403)
            let asked = desk.asked.withLock(\.self)
            #expect(asked == ["replay \(key)", "discard \(key)", "replay gone", "replay full"])
        }
    }

    @Test("The page tells what each process does, and how many workers and how much waiting mail a mailbox has")
    func workers() async throws {
        try await TestAPI.run(operations: Desk()) { api in
            var browser = try await Browser.signedIn("street", api)
            func lines(_ table: String) async throws -> [String] {
                let text = try await browser.get("/operations?table=\(table)&format=csv").text
                return text.split(separator: "\r\n").map(String.init)
            }
            let processes = try await lines("processes")
            #expect(
                processes.dropFirst() == [
                    "4711:a,服务中,1970-01-01 08:00,164,21,1234,37%", "4712:<b>,没有动静,1970-01-01 08:00,164,21,1234,37%",
                ]
            )
            let mailboxes = try await lines("mailboxes")
            #expect(
                mailboxes.dropFirst() == [
                    "cell.2.liaison,不存在,,3,,12,", "cell.3.liaison,每个进程 1,0,3,,12,0", "cell.1.liaison,8,7,3,95,12,2",
                    "cell.4.liaison,已暂停,5,3,,12,0",
                ]
            )
            let page = try await browser.get("/operations").text
            #expect(page.contains("4712:&lt;b&gt;") && page.contains("<td class=\"late\">没有动静</td>"))
            browser.language = "en"
            let english = try await browser.get("/operations").text
            #expect(english.contains(">serving</td>") && english.contains(">1 each</td>"))
        }
    }

    @Test("A dead letter says why in the page's language, and its detail, which is English, is folded and marked so")
    func letterLanguage() async throws {
        try await TestAPI.run(operations: Desk()) { api in
            let page = try await Browser.signedIn("street", api).get("/operations").text
            let letters = try Desk().letters()
            let detail = try #require(letters.first).problem.detail
            #expect(!detail.isEmpty && page.contains("<h3>没有信箱接收</h3>"))
            let folded = "<details><summary>技术说明（英文）</summary>\n<p lang=\"en\">\(detail)</p>\n</details>"
            #expect(page.contains(folded))
            #expect(page.components(separatedBy: detail).count == 2)
        }
    }

    @Test("Without a broker to ask, the page says so and shows what the state file knows", arguments: [true, false])
    func away(hasDesk: Bool) async throws {
        try await TestAPI.run(operations: hasDesk ? Desk(isAway: true) : nil) { api in
            _ = try await api.issueOrder()
            let page = try await Browser.signedIn("street", api).get("/operations")
            #expect(page.status == 200 && page.text.contains("现在问不到消息服务器") && page.text.contains("已设的定时"))
            // Processes tell of themselves in the state file; of a queue that nobody could ask about nothing is said.
            #expect(page.text.contains("4711:a") == hasDesk && !page.text.contains("不存在"))
        }
    }

    @Test("Only who holds the top post herself sees it, no stand-in of hers either", arguments: AccessTests.people)
    func access(viewer: String) async throws {
        let desk = Desk()
        try await TestAPI.run(operations: desk) { api in
            let clock = api.clock.wall
            try await api.store.write { store in
                for name in ["community1", "liaison1"] {
                    _ = try store.addStandIn(
                        for: TestStreet.office,
                        person: #require(try store.person(named: name)).n,
                        from: clock.now,
                        to: clock.now.adding(milliseconds: 3_600_000),
                        grantedBy: nil,
                        at: clock.now
                    )
                }
            }
            let browser = try await Browser.signedIn(viewer, api)
            let isHers = viewer == "street"
            let home = try await browser.get("/").text
            #expect(home.contains("href=\"/operations\"") == isHers)
            for uri in ["/operations", "/operations?table=state&format=csv"] {
                #expect(try await browser.get(uri).status == (isHers ? 200 : 404))
            }
            guard !isHers else { return }
            let csrf = try #require(Browser.forms(home).first { $0.action == "/m/sign-out" }?.fields["csrf"])
            for verb in ["replay", "discard"] {
                let form = Browser.Form(action: "/operations/dead-letters/x/\(verb)", fields: ["csrf": csrf], text: "")
                #expect(try await browser.submit(form).status == 404)
            }
            let asked = desk.asked.withLock(\.self)
            #expect(asked.isEmpty)
        }
    }
}
