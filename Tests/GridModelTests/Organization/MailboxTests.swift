//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("A mailbox")
struct MailboxTests {
    @Test(
        "is named by the level that keys it, the unit of that level and the role",
        arguments: [
            ("office@310105002", "street.310105002.office"), ("office@310105002001", "community.310105002001.office"),
            ("cell-leader@310105002001002", "cell.310105002001002.cell-leader"),
            ("group-leader@31010500200100202", "cell.310105002001002.group-leader"),
            ("liaison@31010500200100202001", "cell.310105002001002.liaison"),
        ]
    )
    func names(address: String, mailbox: String) throws {
        let organization = try SampleOrganization.organization()
        #expect(organization.mailbox(of: try post(address))?.name == mailbox)
        #expect(organization.mailbox(of: try post(address))?.description == mailbox)
    }

    @Test("belongs also to a post that another node hosts, but to none of an unknown role or length")
    func unknownPosts() throws {
        let organization = try SampleOrganization.organization()
        #expect(
            organization.mailbox(of: try post("liaison@99999999900100202001"))?.name == "cell.999999999001002.liaison"
        )
        for text in ["liaison@310105002", "mayor@310105002", "office@31010500200100"] {
            #expect(organization.mailbox(of: try post(text)) == nil)
        }
    }

    @Test("is shared by all posts of its role in the cell, and listed once")
    func listed() throws {
        let organization = try SampleOrganization.organization()
        let all = organization.mailboxes(in: [try code("310105002")])
        #expect(all.count == 1 + 2 + 4 * 3)
        #expect(all == all.sorted() && Set(all).count == all.count)
        let community = try code("310105002001")
        let ofCommunity = organization.mailboxes(in: [community, community, try code("310105002001002")])
        #expect(ofCommunity == all.filter { $0.code.digits.hasPrefix("310105002001") })
        #expect(organization.mailboxes(in: []) == [])
        #expect(organization.mailboxes(in: [try code("42")]) == [])
    }

    @Test("gives every post a routing key that leads back to the post and the event")
    func roundTrip() throws {
        let organization = try SampleOrganization.organization(communities: 3, cells: 3, groups: 3, points: 3)
        var keys: Set<String> = []
        for unit in organization.units {
            let mailbox = try #require(organization.mailbox(of: unit.post))
            for event in MailEvent.allCases.map(\.rawValue) {
                let key = try #require(organization.routingKey(of: unit.post, event: event))
                // What a queue binds, and AMQP's bound of a short string.
                #expect(key.hasPrefix("\(mailbox.name).") && key.utf8.count <= 255)
                let found = organization.post(ofRoutingKey: key)
                #expect(found?.post == unit.post)
                #expect(found?.event == event)
                keys.insert(key)
            }
        }
        #expect(keys.count == organization.units.count * MailEvent.allCases.count)
    }

    @Test("keeps routing keys within 255 bytes at the longest names the file may use")
    func longestKey() throws {
        let word = String(repeating: "x", count: 40)
        let digits = try code(String(repeating: "9", count: 20))
        let route = Mailbox(level: word, code: digits, role: word).route(of: PostAddress(role: word, code: digits))
        #expect("\(route).escalationWithdrawn".utf8.count <= 255)
    }

    @Test(
        "is not found in a key of another organization",
        arguments: [
            "", ".", "....", "cell.310105002001001.liaison.31010500200100101001",
            "cell.310105002001001.liaison.31010500200100101001.issued.now",
            "cell.310105002001002.liaison.31010500200100101001.issued",
            "street.310105002001001.liaison.31010500200100101001.issued",
            "cell.310105002001001.cell-leader.31010500200100101001.issued",
            "cell.310105002001001.liaison.310105002001001.issued", "cell.310105002001001.liaison.x.issued",
            "cell.310105002001001.liaison.31010500200100101001.",
        ]
    )
    func strangeKeys(key: String) throws {
        let found = try SampleOrganization.organization().post(ofRoutingKey: key)
        #expect(found == nil)
    }
}
