//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("An organization")
struct OrganizationTests {
    @Test("finds units by code and by post, and levels by role and length")
    func finds() throws {
        let organization = try SampleOrganization.organization()
        let cell = try #require(organization.unit(code("310105002001002")))
        #expect(cell.post == (try post("cell-leader@310105002001002")))
        #expect(organization.unit(of: cell.post) == cell)
        #expect(organization.level(of: cell).name == "cell")
        #expect(organization.level(of: cell.post)?.name == "cell")
        #expect(organization.top?.code == (try code("310105002")))
    }

    @Test("knows no post where the role does not belong to the unit")
    func unknownPosts() throws {
        let organization = try SampleOrganization.organization()
        for text in [
            "liaison@310105002001002", "office@310105002001002", "cell-leader@310105002001009", "mayor@310105002",
        ] {
            #expect(organization.unit(of: try post(text)) == nil)
            #expect(organization.superior(of: try post(text)) == nil)
        }
        #expect(organization.level(of: try post("cell-leader@310105002001009"))?.name == "cell")
        #expect(organization.level(of: try post("liaison@310105002001002")) == nil)
        #expect(organization.unit(try code("310105002009")) == nil)
    }

    @Test("keeps its units sorted, each right before what lies inside it, whatever the order of the file")
    func sorted() throws {
        var document = SampleOrganization.document()
        var generator = SeededGenerator(seed: 7)
        let expected = document.units?.compactMap(\.code)
        document.units?.shuffle(using: &generator)
        let organization = try OrganizationValidator.organization(from: document)
        #expect(organization.units.map(\.code.digits) == expected)
    }

    @Test("answers which units lie in an area as a search through all of them would", arguments: SeededGenerator.seeds)
    func unitsInArea(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let organization = try SampleOrganization.organization(communities: 3, cells: 3, groups: 3, points: 3)
        for _ in 0..<500 {
            let unit = organization.units[generator.index(below: organization.units.count)]
            // Any leading digits of a code name an area, a unit's or not; a changed last digit often names an empty one.
            var digits = String(unit.code.digits.prefix(1 + generator.index(below: 20)))
            if Bool.random(using: &generator) {
                digits = digits.dropLast() + generator.text("0123456789", length: 1...1)
            }
            let area = try code(digits)
            #expect(Array(organization.units(in: area)) == organization.units.filter { area.contains($0.code) })
        }
    }

    @Test("passes work to the posts of the next level that takes part, inside the area alone")
    func postsBelow() throws {
        let organization = try SampleOrganization.organization()
        func below(_ holder: String, _ area: String) throws -> [String] {
            organization.posts(below: try post(holder), in: try code(area)).map(\.description)
        }
        // The community stands between street and cells, but work does not go through it.
        #expect(
            try below("office@310105002", "310105002") == [
                "cell-leader@310105002001001", "cell-leader@310105002001002", "cell-leader@310105002002001",
                "cell-leader@310105002002002",
            ]
        )
        #expect(
            try below("office@310105002", "310105002002") == [
                "cell-leader@310105002002001", "cell-leader@310105002002002",
            ]
        )
        #expect(
            try below("office@310105002001", "310105002001") == [
                "cell-leader@310105002001001", "cell-leader@310105002001002",
            ]
        )
        #expect(
            try below("cell-leader@310105002001001", "310105002001001") == [
                "group-leader@31010500200100101", "group-leader@31010500200100102",
            ]
        )
        #expect(
            try below("group-leader@31010500200100101", "31010500200100101") == [
                "liaison@31010500200100101001", "liaison@31010500200100101002",
            ]
        )
        #expect(try below("liaison@31010500200100101001", "31010500200100101001") == [])
        #expect(try below("mayor@310105002", "310105002") == [])
        #expect(try below("office@310105002", "310105009") == [])
    }

    @Test("names work levels by role and by what lies below")
    func workLevels() throws {
        let organization = try SampleOrganization.organization()
        #expect(organization.levels.indices.map { organization.workLevel(below: $0) } == [2, 2, 3, 4, nil])
        #expect(organization.workLevel(role: "cell-leader") == 2)
        #expect(organization.workLevel(role: "office") == 0)
        #expect(organization.workLevel(role: "mayor") == nil)
    }

    @Test("escalates to the level above, the community included, up to the top")
    func superiors() throws {
        let organization = try SampleOrganization.organization()
        var chain: [String] = []
        var current: PostAddress? = try post("liaison@31010500200200101002")
        while let next = current {
            chain.append(next.description)
            current = organization.superior(of: next)
        }
        #expect(
            chain == [
                "liaison@31010500200200101002", "group-leader@31010500200200101", "cell-leader@310105002002001",
                "office@310105002002", "office@310105002",
            ]
        )
    }

    @Test("calls superior whoever stands above, directly or not, and nobody else", arguments: SeededGenerator.seeds)
    func isSuperior(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let organization = try SampleOrganization.organization()
        for _ in 0..<1_000 {
            let upper = organization.units[generator.index(below: organization.units.count)]
            let lower = organization.units[generator.index(below: organization.units.count)]
            // Without overrides, above means around.
            let expected = upper.code != lower.code && upper.code.contains(lower.code)
            #expect(organization.isSuperior(upper.post, of: lower.post) == expected)
        }
        let stranger = try post("liaison@99999999999999999999")
        #expect(!organization.isSuperior(organization.units[0].post, of: stranger))
        #expect(!organization.isSuperior(stranger, of: organization.units[0].post))
    }

    @Test("follows a superior that the file names instead of the one around")
    func superiorOverride() throws {
        var document = SampleOrganization.document()
        let index = try #require(document.units?.firstIndex { $0.code == "310105002001001" })
        document.units?[index].superior = "office@310105002002"
        let organization = try OrganizationValidator.organization(from: document)
        let leader = try post("cell-leader@310105002001001")
        #expect(organization.superior(of: leader) == (try post("office@310105002002")))
        #expect(!organization.isSuperior(try post("office@310105002001"), of: leader))
        #expect(organization.isSuperior(try post("office@310105002002"), of: try post("liaison@31010500200100101001")))
    }
}
