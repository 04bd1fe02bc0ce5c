//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Synchronization
import Testing

@testable import GridAPI

/// What operators see, and what nobody else does.
@Suite struct OperationsPageTests {
    /// A broker with two mailboxes and a dead letter.
    private final class Desk: OperationsDesk {
        struct Away: Error {}

        let isAway: Bool
        let asked = Mutex<[String]>([])

        init(isAway: Bool = false) {
            self.isAway = isAway
        }

        func mailboxes(in organization: Organization) throws -> [MailboxStatus] {
            if isAway { throw Away() }
            return [
                MailboxStatus(name: "cell.1.liaison", messages: 7, consumers: 2),
                MailboxStatus(name: "cell.2.liaison", messages: nil, consumers: nil),
                MailboxStatus(name: "cell.3.liaison", messages: 0, consumers: 0),
            ]
        }

        func letters() throws -> [DeadLetter] {
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
            let places = ["cell.2.liaison", "cell.3.liaison", "cell.1.liaison"].compactMap {
                page.range(of: $0)?.lowerBound
            }
            #expect(places.count == 3 && places == places.sorted())
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
            for table in ["state", "mailboxes", "dead-letters"] {
                #expect(try await browser.get("/operations?table=\(table)&format=csv").status == 200, "\(table)")
            }
        }
    }

    @Test("Without a broker to ask, the page says so and shows what the state file knows", arguments: [true, false])
    func away(hasDesk: Bool) async throws {
        try await TestAPI.run(operations: hasDesk ? Desk(isAway: true) : nil) { api in
            _ = try await api.issueOrder()
            let page = try await Browser.signedIn("street", api).get("/operations")
            #expect(page.status == 200 && page.text.contains("现在问不到消息服务器") && page.text.contains("已设的定时"))
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
