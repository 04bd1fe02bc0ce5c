//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// The assignment slip for paper.
@Suite struct SlipPageTests {
    @Test("A slip says all that is to be done, by whom and until when, with lines to sign on")
    func slip() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["body": String(repeating: "查", count: 5_000)])
            let street = try await Browser.signedIn("street", api)
            #expect(try await street.get("/orders/\(order)").text.contains("/orders/\(order)/slip?of=\(order)\""))
            let page = try await street.get("/orders/\(order)/slip")
            #expect(page.status == 200 && page.text.contains("派工单") && page.text.contains("派工人"))
            #expect(page.text.contains(String(repeating: "查", count: 5_000)))
            #expect(page.text.contains("单位\(TestStreet.leader3.code)") && page.text.contains("办结期限"))
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let own = try await Browser.signedIn("leader1", api)
            #expect(try await own.get("/orders/\(order)").text.contains("/slip?of=\(id)\""))
            let slip = try await own.get("/orders/\(order)/slip?of=\(id)").text
            #expect(slip.contains("持岗人\(TestStreet.leader1.code)") && slip.contains("持岗人\(TestStreet.group1.code)"))
        }
    }

    @Test("Who sees cells prints their slips one by one from the tree, and all of them at once")
    func slipsBelow() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            for (viewer, count) in [("street", 4), ("community1", 2)] {
                let browser = try await Browser.signedIn(viewer, api)
                let page = try await browser.get("/orders/\(order)").text
                #expect(page.contains("/orders/\(order)/slip?of=\(id)\" aria-label=\"打印 "), "\(viewer)")
                #expect(page.contains("href=\"/orders/\(order)/slips?below=\(order)\">打印全部cell-leader派工单"))
                let slips = try await browser.get("/orders/\(order)/slips?below=\(order)")
                #expect(slips.status == 200)
                #expect(slips.text.components(separatedBy: "<article class=\"slip\">").count == count + 1, "\(viewer)")
                #expect(slips.text.contains("单位\(TestStreet.group1.code)"))
            }
            let leader = try await Browser.signedIn("leader1", api)
            #expect(try await leader.get("/orders/\(order)").text.contains("slips?below=\(id)\">打印全部group-leader派工单"))
            #expect(try await leader.get("/orders/\(order)/slips?below=\(order)").text.contains("\(order).1<"))
            #expect(try await Browser.signedIn("leader3", api).get("/orders/\(order)/slips?below=\(id)").status == 404)
            let other = try await api.issueOrder()
            #expect(try await leader.get("/orders/\(order)/slips?below=\(other)").status == 404)
        }
    }

    @Test("Nobody prints the slip of what she does not see", arguments: AccessTests.people)
    func access(viewer: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let browser = try await Browser.signedIn(viewer, api)
            #expect(try await browser.get("/orders/\(order)/slip").status == (viewer == "street" ? 200 : 404))
            for (owner, post) in TestStreet.people where post.role != "office" {
                let id = try await api.assignment(of: order, heldBy: post)
                let expected = AccessTests.sees(viewer, owner) ? 200 : 404
                #expect(try await browser.get("/orders/\(order)/slip?of=\(id)").status == expected, "\(owner)")
            }
            let other = try await api.issueOrder()
            #expect(try await browser.get("/orders/\(order)/slip?of=\(other)").status == 404)
        }
    }
}
