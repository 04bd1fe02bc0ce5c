//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("The check of an organization file")
struct OrganizationValidatorTests {
    /// A mistake in a file that is sound otherwise, and what is found.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: OrganizationFinding.Kind
        let pointer: String
        let message: String
        let make: @Sendable (inout OrganizationDocument) -> Void

        init(
            _ name: String,
            _ kind: OrganizationFinding.Kind,
            _ pointer: String,
            _ message: String,
            _ make: @escaping @Sendable (inout OrganizationDocument) -> Void
        ) {
            testDescription = name
            (self.kind, self.pointer, self.message, self.make) = (kind, pointer, message, make)
        }
    }

    /// Street, community, cell, lane group, liaison point: one of each, units 0 to 4.
    private static func document() -> OrganizationDocument {
        SampleOrganization.document(communities: 1, cells: 1, groups: 1, points: 1)
    }

    private static func findings(_ document: OrganizationDocument) -> [OrganizationFinding] {
        do {
            _ = try OrganizationValidator.organization(from: document)
            return []
        } catch {
            return error.findings
        }
    }

    private static let ofLevels = [
        Mistake("no name", .missing, "/name", "give the organization a name") { $0.name = nil },
        Mistake("blank name", .missing, "/name", "missing") { $0.name = " \n" },
        Mistake("long name", .badValue, "/name", "200 bytes") { $0.name = String(repeating: "街", count: 67) },
        Mistake("no levels", .missing, "/levels", "at least one") { $0.levels = nil },
        Mistake("empty levels", .missing, "/levels", "at least one") { $0.levels = [] },
        Mistake("too many levels", .badValue, "/levels", "8 levels; at most 7") { document in
            document.levels = (1...8).map { number in
                var level = SampleOrganization.levels[0]
                (level.name, level.mailbox, level.codeLength) = ("level-\(number)", "level-\(number)", number)
                return level
            }
        },
        Mistake("level without name", .missing, "/levels/4/name", "lower-case") { $0.levels?[4].name = nil },
        Mistake("level's name in capitals", .badValue, "/levels/4/name", "lower-case") { $0.levels?[4].name = "Point" },
        Mistake("level without title", .missing, "/levels/1/title", "title for people") { $0.levels?[1].title = nil },
        Mistake("level without role", .missing, "/levels/1/role", "lower-case") { $0.levels?[1].role = nil },
        Mistake("role with a dot", .badValue, "/levels/1/role", "hyphens") { $0.levels?[1].role = "a.b" },
        Mistake("role of 41 letters", .badValue, "/levels/1/role", "1 to 40") {
            $0.levels?[1].role = String(repeating: "r", count: 41)
        },
        Mistake("role without title", .missing, "/levels/1/roleTitle", "title") { $0.levels?[1].roleTitle = "" },
        Mistake("two levels of a name", .duplicateLevel, "/levels/4/name", "listed twice") {
            $0.levels?[4].name = "community"
        },
        Mistake("no code length", .missing, "/levels/3/codeLength", "how many digits") {
            $0.levels?[3].codeLength = nil
        },
        Mistake("codes of 21 digits", .badValue, "/levels/4/codeLength", "1 to 20 digits") {
            $0.levels?[4].codeLength = 21
        },
        Mistake("codes of no digit", .badValue, "/levels/0/codeLength", "1 to 20 digits") {
            $0.levels?[0].codeLength = 0
        },
        Mistake("codes no longer than above", .badValue, "/levels/1/codeLength", "longer than the 9 digits") {
            $0.levels?[1].codeLength = 9
        },
        Mistake("mailbox at a level below", .badValue, "/levels/2/mailbox", "lane-group is not this level") {
            $0.levels?[2].mailbox = "lane-group"
        },
    ]

    private static let ofUnits = [
        Mistake("no units", .missing, "/units", "at least the top one") { $0.units = nil },
        Mistake("empty units", .missing, "/units", "at least the top one") { $0.units = [] },
        Mistake("unit without name", .missing, "/units/2/name", "give the unit a name") { $0.units?[2].name = nil },
        Mistake("post without holder", .noHolder, "/units/2/holder", "310105002001001 has no holder") {
            $0.units?[2].holder = nil
        },
        Mistake("blank holder", .noHolder, "/units/4/holder", "has no holder") { $0.units?[4].holder = "\u{3000}" },
        Mistake("unit without code", .missing, "/units/4/code", "its code") { $0.units?[4].code = nil },
        Mistake("code with a letter", .badValue, "/units/4/code", "digits only") {
            $0.units?[4].code = "3101050020010010100A"
        },
        Mistake("code of 21 digits", .badValue, "/units/4/code", "1 to 20") {
            $0.units?[4].code = "310105002001001010011"
        },
        Mistake("code of no level's length", .wrongLength, "/units/4/code", "19 digits; a code has 9 (street), 12") {
            $0.units?[4].code = "3101050020010010100"
        },
        Mistake("code listed twice", .duplicateCode, "/units/5/code", "listed already at /units/4") {
            $0.units?.append(.init(code: "31010500200100101001", name: "联络点", holder: "乙"))
        },
        Mistake("unit outside all that are listed", .unknownParent, "/units/4/code", "lane-group 31010500200100199") {
            $0.units?[4].code = "31010500200100199001"
        },
        Mistake("superior that is no post's", .unknownSuperior, "/units/4/superior", "no post office@999") {
            $0.units?[4].superior = "office@999"
        },
        Mistake("superior of another role", .unknownSuperior, "/units/4/superior", "no post liaison@310105002") {
            $0.units?[4].superior = "liaison@310105002"
        },
        Mistake("superior not written as a post", .unknownSuperior, "/units/4/superior", "write role@code") {
            $0.units?[4].superior = "310105002"
        },
        Mistake("its own superior", .superiorCycle, "/units/4/superior", "lead back to it") {
            $0.units?[4].superior = "liaison@31010500200100101001"
        },
        Mistake("superior of everybody below somebody", .superiorCycle, "/units/0/superior", "office@310105002 lead") {
            $0.units?[0].superior = "liaison@31010500200100101001"
        },
        Mistake("two tops", .severalTops, "/units/5/code", "one file holds one street") {
            $0.units?.append(.init(code: "310105003", name: "华阳路街道", holder: "乙"))
        },
    ]

    @Test("finds each mistake, alone, at its place, and says what to do", arguments: ofLevels + ofUnits)
    func finds(mistake: Mistake) throws {
        var document = Self.document()
        mistake.make(&document)
        let findings = Self.findings(document)
        #expect(findings.map(\.kind) == [mistake.kind])
        #expect(findings.map(\.pointer) == [mistake.pointer])
        let message = try #require(findings.first?.message)
        #expect(message.contains(mistake.message), "\(message)")
        #expect(OrganizationError(findings: findings).description == "\(mistake.pointer): \(message)")
    }

    @Test("knows a file without its top unit, whose children are then without a parent")
    func noTop() {
        var document = Self.document()
        document.units?.removeFirst()
        #expect(Self.findings(document).map(\.kind) == [.noTop, .unknownParent])
        #expect(Self.findings(document).map(\.pointer) == ["/units", "/units/0/code"])
    }

    @Test("finds nothing in a sound file, whether it names mailboxes, work and superiors or leaves them out")
    func sound() throws {
        var document = Self.document()
        #expect(Self.findings(document) == [])
        document.levels?[0].mailbox = nil
        document.levels?[0].receivesWork = nil
        document.units?[4].superior = "office@310105002001"
        let organization = try OrganizationValidator.organization(from: document)
        #expect(organization.levels[0].mailbox == "street")
        #expect(organization.levels[0].receivesWork)
    }

    @Test("lists everything at once, in the order of the file")
    func allAtOnce() {
        var document = Self.document()
        document.name = ""
        document.units?[0].superior = "cell-leader@310105002001001"
        document.units?[1].name = nil
        document.units?[2].holder = nil
        document.units?[3].code = "3101050020010"
        document.units?[4].name = nil
        document.units?.append(.init(code: "310105009", name: nil, holder: nil))
        let pointers = Self.findings(document).map { "\($0.kind) \($0.pointer)" }
        #expect(
            pointers == [
                "missing /name", "superiorCycle /units/0/superior", "missing /units/1/name", "noHolder /units/2/holder",
                "wrongLength /units/3/code", "missing /units/4/name", "unknownParent /units/4/code",
                "missing /units/5/name", "noHolder /units/5/holder", "severalTops /units/5/code",
            ]
        )
    }

    @Test("lists every mistake of every level at once, and leaves the units until the levels can be read")
    func levelsFirst() {
        var document = Self.document()
        document.levels?[2].title = nil
        document.levels?[3].role = "Group"
        document.units?[4].code = "1"
        #expect(Self.findings(document).map(\.pointer) == ["/levels/2/title", "/levels/3/role"])
    }

    @Test("names those that close a circle of superiors, not those that only lead into it")
    func circle() {
        var document = SampleOrganization.document(communities: 1, cells: 3, groups: 1, points: 1)
        let places = [1, 2, 3].map { cell in
            document.units?.firstIndex { $0.code == "31010500200100\(cell)" } ?? 0
        }
        document.units?[places[0]].superior = "cell-leader@310105002001002"
        document.units?[places[1]].superior = "cell-leader@310105002001001"
        document.units?[places[2]].superior = "cell-leader@310105002001001"
        let findings = Self.findings(document)
        #expect(findings.map(\.kind) == [.superiorCycle, .superiorCycle])
        #expect(findings.map(\.pointer) == places.prefix(2).map { "/units/\($0)/superior" })
    }

    @Test("tests every kind of finding")
    func everyKind() {
        let kinds = Set((Self.ofLevels + Self.ofUnits).map(\.kind)).union([.noTop])
        let all: Set<OrganizationFinding.Kind> = [
            .missing, .badValue, .duplicateLevel, .wrongLength, .unknownParent, .duplicateCode, .noHolder,
            .unknownSuperior, .superiorCycle, .noTop, .severalTops,
        ]
        #expect(kinds == all)
    }
}
