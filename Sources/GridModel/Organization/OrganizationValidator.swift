//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Checks an organization document and builds the organization, listing every error at once.
package struct OrganizationValidator {
    private let document: OrganizationDocument
    private var findings: [OrganizationFinding] = []

    /// Builds the organization a document describes.
    ///
    /// - Throws: `OrganizationError` with every finding, in the order of the file.
    package static func organization(from document: OrganizationDocument) throws(OrganizationError) -> Organization {
        var validator = OrganizationValidator(document: document)
        let organization = validator.build()
        guard validator.findings.isEmpty, let organization else {
            throw OrganizationError(findings: validator.findings)
        }
        return organization
    }

    private init(document: OrganizationDocument) {
        self.document = document
    }

    private mutating func report(_ kind: OrganizationFinding.Kind, _ pointer: String, _ message: String) {
        findings.append(OrganizationFinding(kind: kind, pointer: pointer, message: message))
    }

    private mutating func build() -> Organization? {
        let name = text(document.name, "/name", "give the organization a name")
        let levels = checkedLevels()
        guard !levels.isEmpty else { return nil }
        let units = checkedUnits(levels)
        checkSuperiors(units)
        return name.map { Organization(name: $0, levels: levels, units: units) }
    }

    // MARK: Levels

    private mutating func checkedLevels() -> [Level] {
        guard let entries = document.levels, !entries.isEmpty else {
            report(.missing, "/levels", "list the levels from the top, at least one")
            return []
        }
        var levels: [Level] = []
        for (index, entry) in entries.enumerated() {
            if let level = checkedLevel(entry, "/levels/\(index)", above: levels) { levels.append(level) }
        }
        // A level that could not be read makes every code of its length look wrong; say the cause alone.
        return levels.count == entries.count ? levels : []
    }

    private mutating func checkedLevel(
        _ entry: OrganizationDocument.LevelEntry,
        _ pointer: String,
        above: [Level]
    ) -> Level? {
        let before = findings.count
        let name = roleName(entry.name, "\(pointer)/name")
        let role = roleName(entry.role, "\(pointer)/role")
        let title = text(entry.title, "\(pointer)/title", "give the level a title for people")
        let roleTitle = text(entry.roleTitle, "\(pointer)/roleTitle", "give the role a title for people")
        let mailbox = entry.mailbox ?? entry.name
        if let name, above.contains(where: { $0.name == name }) {
            report(.duplicateLevel, "\(pointer)/name", "the level \(name) is listed twice")
        }
        if let length = entry.codeLength {
            if !(1...20).contains(length) {
                report(.badValue, "\(pointer)/codeLength", "a code has 1 to 20 digits, not \(length)")
            } else if let last = above.last, length <= last.codeLength {
                report(
                    .badValue,
                    "\(pointer)/codeLength",
                    "a code of this level must be longer than the \(last.codeLength) digits of \(last.name)"
                )
            }
        } else {
            report(.missing, "\(pointer)/codeLength", "say how many digits a code of this level has")
        }
        if let mailbox, mailbox != name, !above.contains(where: { $0.name == mailbox }) {
            report(.badValue, "\(pointer)/mailbox", "\(mailbox) is not this level nor one listed before it")
        }
        guard findings.count == before, let name, let role, let title, let roleTitle, let mailbox,
            let codeLength = entry.codeLength
        else { return nil }
        return Level(
            name: name,
            title: title,
            codeLength: codeLength,
            role: role,
            roleTitle: roleTitle,
            mailbox: mailbox,
            receivesWork: entry.receivesWork ?? true
        )
    }

    // MARK: Units

    private mutating func checkedUnits(_ levels: [Level]) -> [Unit] {
        guard let entries = document.units, !entries.isEmpty else {
            report(.missing, "/units", "list the units, at least the top one")
            return []
        }
        var firstPlace: [UnitCode: Int] = [:]
        for (index, entry) in entries.enumerated() {
            guard let code = entry.code.flatMap(UnitCode.init), firstPlace[code] == nil else { continue }
            firstPlace[code] = index
        }
        var postByCode: [UnitCode: PostAddress] = [:]
        for code in firstPlace.keys {
            if let level = levels.first(where: { $0.codeLength == code.length }) {
                postByCode[code] = PostAddress(role: level.role, code: code)
            }
        }
        var units: [Unit] = []
        for (index, entry) in entries.enumerated() {
            if let unit = checkedUnit(entry, index, levels, firstPlace, postByCode) { units.append(unit) }
        }
        checkTop(entries, levels)
        return units
    }

    private mutating func checkedUnit(
        _ entry: OrganizationDocument.UnitEntry,
        _ index: Int,
        _ levels: [Level],
        _ firstPlace: [UnitCode: Int],
        _ postByCode: [UnitCode: PostAddress]
    ) -> Unit? {
        let pointer = "/units/\(index)"
        let name = text(entry.name, "\(pointer)/name", "give the unit a name")
        let holder = entry.holder.flatMap { Self.isBlank($0) ? nil : $0 }
        if holder == nil {
            let whose = entry.code.map { "the post of \($0)" } ?? "this post"
            report(.noHolder, "\(pointer)/holder", "\(whose) has no holder; name the person who answers for it")
        }
        guard let written = entry.code else {
            report(.missing, "\(pointer)/code", "give the unit its code")
            return nil
        }
        guard let code = UnitCode(written) else {
            report(
                .badValue,
                "\(pointer)/code",
                "a code is digits only, 1 to 20 of them, not \"\(written.prefix(40))\""
            )
            return nil
        }
        guard let levelIndex = levels.firstIndex(where: { $0.codeLength == code.length }) else {
            let lengths = levels.map { "\($0.codeLength) (\($0.name))" }.joined(separator: ", ")
            report(.wrongLength, "\(pointer)/code", "\(code) has \(code.length) digits; a code has \(lengths)")
            return nil
        }
        if let first = firstPlace[code], first != index {
            report(.duplicateCode, "\(pointer)/code", "\(code) is listed already at /units/\(first)")
            return nil
        }
        var ancestor: PostAddress?
        if levelIndex > 0 {
            let parent = code.prefix(levels[levelIndex - 1].codeLength)
            ancestor = parent.flatMap { postByCode[$0] }
            if ancestor == nil {
                let level = levels[levelIndex - 1]
                report(
                    .unknownParent,
                    "\(pointer)/code",
                    "\(code) lies in \(level.name) \(parent?.digits ?? "?"), which is not listed"
                )
            }
        }
        var superior = ancestor
        if let text = entry.superior {
            guard let address = PostAddress(text), postByCode[address.code] == address else {
                report(.unknownSuperior, "\(pointer)/superior", "there is no post \(text.prefix(80)); write role@code")
                return nil
            }
            superior = address
        }
        guard let name, let holder else { return nil }
        let post = PostAddress(role: levels[levelIndex].role, code: code)
        return Unit(code: code, name: name, holder: holder, post: post, superior: superior, levelIndex: levelIndex)
    }

    private mutating func checkTop(_ entries: [OrganizationDocument.UnitEntry], _ levels: [Level]) {
        let tops = entries.indices.filter { entries[$0].code.flatMap(UnitCode.init)?.length == levels[0].codeLength }
        if tops.isEmpty {
            report(
                .noTop,
                "/units",
                "no unit has the \(levels[0].codeLength) digits of the top level \(levels[0].name)"
            )
        }
        for extra in tops.dropFirst() where entries[extra].code != entries[tops[0]].code {
            report(.severalTops, "/units/\(extra)/code", "the file has a top unit already; one file holds one street")
        }
    }

    /// An overridden superior may close a circle, in which an escalation would never end.
    private mutating func checkSuperiors(_ units: [Unit]) {
        let superiors = Dictionary(units.map { ($0.post, $0.superior) }, uniquingKeysWith: { first, _ in first })
        let places = Dictionary(
            (document.units ?? []).enumerated().compactMap { index, entry in entry.code.map { ($0, index) } },
            uniquingKeysWith: { first, _ in first }
        )
        for unit in units where document.units?[places[unit.code.digits] ?? 0].superior != nil {
            var current = unit.superior
            var steps = 0
            while let post = current, post != unit.post, steps <= units.count {
                current = superiors[post] ?? nil
                steps += 1
            }
            if current != nil {
                report(
                    .superiorCycle,
                    "/units/\(places[unit.code.digits] ?? 0)/superior",
                    "the superiors of \(unit.post) lead back to it"
                )
            }
        }
    }

    // MARK: Texts

    private mutating func text(_ value: String?, _ pointer: String, _ advice: String) -> String? {
        guard let value, !Self.isBlank(value) else {
            report(.missing, pointer, "missing; \(advice)")
            return nil
        }
        guard value.utf8.count <= 200 else {
            report(.badValue, pointer, "longer than 200 bytes; shorten it")
            return nil
        }
        return value
    }

    private mutating func roleName(_ value: String?, _ pointer: String) -> String? {
        guard let value else {
            report(.missing, pointer, "missing; give a name of lower-case letters, digits and hyphens")
            return nil
        }
        guard PostAddress.isRoleName(value) else {
            report(.badValue, pointer, "use 1 to 40 lower-case letters, digits and hyphens")
            return nil
        }
        return value
    }

    private static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }
}
