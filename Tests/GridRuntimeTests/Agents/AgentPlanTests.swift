//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("What a stand-in agent does about a mail")
struct AgentPlanTests {
    @Test(
        "It asks the broker for the mail about which it does something, and for no other",
        arguments: MailEvent.allCases
    )
    func events(_ event: MailEvent) throws {
        let post = try #require(PostAddress("cell-leader@999999999001001"))
        let body = #"{"assignment":"999999999-20260101-0001.1","superior":"\#(post)","answer":"carryOn"}"#
        let mail = StoredMessage(
            exchange: "gridwork",
            routingKey: "cell.999999999001001.cell-leader.999999999001001.\(event.rawValue)",
            messageID: "m",
            headers: ["ce-source": "group-leader@99999999900100101"],
            type: event.type,
            correlationID: nil,
            body: Array(body.utf8)
        )
        let plan = try AgentPlan(for: mail, post: post, behaviour: AgentBehaviour(delay: 0...0))
        #expect((plan != nil) == AgentPlan.events.contains(event))
    }
}
