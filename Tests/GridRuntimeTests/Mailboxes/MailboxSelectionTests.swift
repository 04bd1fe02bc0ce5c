//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import Testing

@Suite("Which mailboxes a node serves")
struct MailboxSelectionTests {
    @Test("What one node excepts and another names is each mailbox once")
    func divided() throws {
        let organization = try OrganizationFile.organization(from: Street.small.file())
        let second = try #require(UnitCode(Street.code + "002"))
        let all = MailboxSelection().mailboxes(in: organization)
        let street = MailboxSelection(except: [second]).mailboxes(in: organization)
        let community = MailboxSelection(areas: [second]).mailboxes(in: organization)
        #expect((street + community).sorted() == all)
        #expect(street.map(\.name).contains("street.\(Street.code).office"))
        #expect(community.allSatisfy { second.contains($0.code) })
        #expect(community.map(\.name).contains("community.\(second.digits).office"))
    }

    @Test("Roles narrow what the areas hold")
    func roles() throws {
        let organization = try OrganizationFile.organization(from: Street.small.file())
        let second = try #require(UnitCode(Street.code + "002"))
        let selection = MailboxSelection(except: [second], roles: ["liaison"])
        let names = selection.mailboxes(in: organization).map(\.name)
        #expect(names == ["001", "002"].map { "cell.\(Street.code)001\($0).liaison" })
    }
}
