//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Checks an organization document and builds the organization, listing every error at once.
package struct OrganizationValidator {
    private let document: OrganizationDocument
    private var findings: [OrganizationFinding] = []
    /// The superior of every post that has one, of posts with other errors too.
    private var superiors: [PostAddress: PostAddress] = [:]
    /// The posts whose superior the file names itself, with the place where it does.
    private var overrides: [(post: PostAddress, pointer: String)] = []

    /// Builds the organization a document describes.
    ///
    /// - Throws: `OrganizationError` with every finding, in the order of the file: its name, its levels, its units.
    package static func organization(from document: OrganizationDocument) throws(OrganizationError) -> Organization {
        var validator = OrganizationValidator(document: document)
        let organization = validator.build()
        guard validator.findings.isEmpty, let organization else {
            throw OrganizationError(findings: validator.findings.inOrderOfTheFile())
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
        checkSuperiors()
        return name.map { Organization(name: $0, levels: levels, units: units) }
    }

    // MARK: Levels

    private mutating func checkedLevels() -> [Level] {
        guard let entries = document.levels, !entries.isEmpty else {
            report(.missing, "/levels", "list the levels from the top, at least one")
            return []
        }
        guard entries.count <= Organization.maximumLevels else {
            report(
                .badValue,
                "/levels",
                "\(entries.count) levels; at most \(Organization.maximumLevels) are taken, or identifiers grow too long"
            )
            return []
        }
        var levels: [Level] = []
        for (index, entry) in entries.enumerated() {
            let names = entries.prefix(index).compactMap(\.name)
            if let level = checkedLevel(entry, "/levels/\(index)", below: levels.last, names) { levels.append(level) }
        }
        // A level that could not be read makes every code of its length look wrong; say the cause alone.
        return levels.count == entries.count ? levels : []
    }

    private mutating func checkedLevel(
        _ entry: OrganizationDocument.LevelEntry,
        _ pointer: String,
        below last: Level?,
        _ namesAbove: [String]
    ) -> Level? {
        let before = findings.count
        let name = roleName(entry.name, "\(pointer)/name")
        let role = roleName(entry.role, "\(pointer)/role")
        let title = text(entry.title, "\(pointer)/title", "give the level a title for people")
        let roleTitle = text(entry.roleTitle, "\(pointer)/roleTitle", "give the role a title for people")
        let mailbox = entry.mailbox ?? entry.name
        if let name, namesAbove.contains(name) {
            report(.duplicateLevel, "\(pointer)/name", "the level \(name) is listed twice")
        }
        if let length = entry.codeLength {
            if !(1...20).contains(length) {
                report(.badValue, "\(pointer)/codeLength", "a code has 1 to 20 digits, not \(length)")
            } else if let last, length <= last.codeLength {
                report(
                    .badValue,
                    "\(pointer)/codeLength",
                    "a code of this level must be longer than the \(last.codeLength) digits of \(last.name)"
                )
            }
        } else {
            report(.missing, "\(pointer)/codeLength", "say how many digits a code of this level has")
        }
        if let mailbox, mailbox != entry.name, !namesAbove.contains(mailbox) {
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
        let post = PostAddress(role: levels[levelIndex].role, code: code)
        var superior = ancestor
        if let text = entry.superior {
            guard let address = PostAddress(text), postByCode[address.code] == address else {
                report(.unknownSuperior, "\(pointer)/superior", "there is no post \(text.prefix(80)); write role@code")
                return nil
            }
            superior = address
            overrides.append((post, "\(pointer)/superior"))
        }
        superiors[post] = superior
        guard let name, let holder else { return nil }
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
    private mutating func checkSuperiors() {
        for (post, pointer) in overrides {
            var current = superiors[post]
            var steps = 0
            // The circle may be one that others close further up, and that never comes back here.
            while let above = current, above != post, steps <= superiors.count {
                current = superiors[above]
                steps += 1
            }
            if current == post { report(.superiorCycle, pointer, "the superiors of \(post) lead back to it") }
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

extension [OrganizationFinding] {
    /// Sorted by the section and the entry they are about; those about one entry stay as they were found.
    fileprivate func inOrderOfTheFile() -> [OrganizationFinding] {
        let sections = ["name": 0, "levels": 1, "units": 2]
        let placed = enumerated().map { offset, finding in
            let tokens = finding.pointer.split(separator: "/")
            let section = tokens.first.flatMap { sections[String($0)] } ?? 0
            return (place: (section, tokens.count > 1 ? Int(tokens[1]) ?? 0 : -1, offset), finding: finding)
        }
        return placed.sorted { $0.place < $1.place }.map(\.finding)
    }
}
