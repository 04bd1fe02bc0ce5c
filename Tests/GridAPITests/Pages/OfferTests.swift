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

/// What pages offer makes sense to whoever looks at them.
@Suite struct OfferTests {
    @Test("Whoever is awaited finds her answers first, the reason above them, and is not asked to urge herself")
    func awaited() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let liaison = try await Browser.signedIn("liaison1", api)
            _ = try await liaison.act("escalate", on: "/m/items/\(id)", ["note": "门锁着"])
            try await api.deliverMail()
            let group = try await Browser.signedIn("group1", api)
            let page = try await group.get("/m/items/\(id)").text
            let forms = Browser.forms(page).filter { $0.action.hasPrefix("/m/items/") }
            #expect(!forms.contains { $0.action.hasSuffix("/urge") })
            #expect(forms.first?.fields["answer"] == "carryOn")
            #expect(page.contains("<details open><summary>请继续办理"))
            let reason = try #require(page.range(of: "上报原因：门锁着"))
            let text = try #require(page.range(of: "逐户检查楼道与电线。"))
            #expect(reason.lowerBound < text.lowerBound)
            // It stands once among what comes from below, with the answers.
            let below = try await group.get("/m/below").text
            #expect(below.components(separatedBy: "href=\"/m/items/\(id)\"").count == 2)
            let urges = Browser.forms(below).filter { $0.action.hasSuffix("/urge") }.map(\.action)
            #expect(!urges.contains("/m/items/\(id)/urge") && !urges.isEmpty)
            // Who is above both urges whoever is awaited.
            let leader = try await Browser.signedIn("leader1", api).get("/m/items/\(id)").text
            #expect(Browser.forms(leader).contains { $0.action.hasSuffix("/urge") })
            let list = try await liaison.get("/m").text
            #expect(list.contains("上报原因：门锁着") && list.contains("等待 单位\(TestStreet.group1.code)"))
        }
    }

    @Test("An item that the clock escalated says so to its holder, whose answer it waits for, and what comes of it")
    func byClock() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            api.clock.advance(milliseconds: 8 * 86_400_000)
            try await api.fireTimers()
            let liaison = try await Browser.signedIn("liaison1", api)
            for uri in ["/m", "/m/items/\(id)"] {
                let page = try await liaison.get(uri).text
                #expect(page.contains("已超期，系统自动上报：到 ") && page.contains("上级批示后才能办结。"), "\(uri)")
                #expect(page.contains("等待 单位\(TestStreet.group1.code)"), "\(uri)")
            }
        }
    }

    @Test("A leader for whom work waits still urges the others below her")
    func urgingOthers() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let (item, leg) = (
                try await api.assignment(of: order, heldBy: TestStreet.group1),
                try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            )
            let liaison = try await Browser.signedIn("liaison1", api)
            _ = try await liaison.act("return", on: "/m/items/\(leg)", ["note": "人不在"])
            try await api.deliverMail()
            let page = try await Browser.signedIn("group1", api).get("/m/items/\(item)").text
            #expect(Browser.forms(page).contains { $0.action == "/m/items/\(item)/urge" })
        }
    }
}
