//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages
import GridRuntime
import GridStore
import Testing

@testable import GridAPI

/// The texts of the pages.
@Suite struct CatalogueTests {
    // Computed, since a regex is not Sendable.
    private static var key: Regex<(Substring, Substring)> { /\{\{t\.([A-Za-z0-9]+)\}\}/ }
    private static var keyInCode: Regex<(Substring, Substring)> { /texts\(\s*"([A-Za-z0-9]+)"(?:\)|,(?! of:))/ }
    private static var partsInCode: Regex<(Substring, Substring)> { /texts\(\s*"([A-Za-z]+)", of:/ }

    /// The words of the domain that pages put into words, by the first part of their texts' names.
    private static let words: [String: [String]] = [
        "state": AssignmentState.allCases.map(\.rawValue),
        "light": AssignmentView.Light.allCases.map(\.rawValue),
        "module": AffairsModule.allCases.map(\.rawValue),
        "pressing": PressingKind.allCases.map(\.rawValue),
        "priority": Priority.allCases.map(\.rawValue),
        "event": HistoryEntry.Event.allCases.map(\.rawValue),
        "menu": ConsoleSection.allCases.map(\.rawValue),
        "field": OrderField.allCases.map(\.rawValue),
        "mode": CascadeMode.allCases.map(\.rawValue),
        "rollUp": RollUp.allCases.map(\.rawValue),
        "escalation": Escalation.State.allCases.map(\.rawValue),
        "format": Export.Format.allCases.map(\.rawValue),
        "process": WorkerOverview.Process.State.allCases.map(\.rawValue),
        "letter": DeadLetterProblem.Kind.allCases.map(\.rawValue),
        "tab": ItemTab.allCases.map(\.rawValue),
        "empty": ItemTab.allCases.map(\.rawValue),
        "done": (OfferDesk.verbs + OfferDesk.verbsForReturned).map(\.rawValue),
        "do": verbs + ["urgeAll"],
        "photos": GridModel.Attachment.Kind.allCases.map(\.rawValue),
        "push": PushKind.allCases.map(\.rawValue),
        "note": verbs.filter { !["acknowledge", "signOff", "urge"].contains($0) },
    ]

    /// The commands, each answer one of its own.
    private static let verbs =
        (OfferDesk.verbs + OfferDesk.verbsForReturned).map(\.rawValue).filter { $0 != "answer" }
        + AnswerKind.allCases.map { "answer" + $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }

    /// The text of the files of a target with these endings, by their places in it.
    private static func files(of target: String, _ endings: [String] = ["swift"]) throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("Sources/\(target)").path
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            endings.contains { name.hasSuffix("." + $0) }
        }
        let texts = try names.map { try String(contentsOfFile: folder + "/" + $0, encoding: .utf8) }
        return Dictionary(uniqueKeysWithValues: zip(names, texts))
    }

    private static func sources() throws -> String {
        try ["GridAPI", "GridPush"].map { try files(of: $0).values.joined() }.joined()
    }

    @Test("Both languages have the same texts, with the same places for values, and none is empty")
    func sameKeys() {
        let (zh, en) = (Catalogue.of(.zh), Catalogue.of(.en))
        #expect(zh.keys == en.keys)
        for key in zh.keys where key != "dateTime" && key != "dateTimeFar" && key != "post" {
            let places = [zh, en].map { Set($0(key).matches(of: /\{[a-zA-Z0-9]+\}/).map { String($0.output) }) }
            #expect(places[0] == places[1], "\(key)")
        }
        for catalogue in [zh, en] { #expect(catalogue.keys.allSatisfy { !catalogue($0).isEmpty }) }
    }

    @Test("Every text that templates and code name exists, and no other")
    func allUsed() throws {
        let templates = PageTemplates.sources.values.joined()
        let code = try Self.sources()
        var used = Set(templates.matches(of: Self.key).map { String($0.output.1) })
        used.formUnion(code.matches(of: Self.keyInCode).map { String($0.output.1) })
        for (kind, words) in Self.words {
            used.formUnion(words.map { kind + $0.prefix(1).uppercased() + $0.dropFirst() })
        }
        let kinds = Set(code.matches(of: Self.partsInCode).map { String($0.output.1) })
        #expect(kinds.isSubset(of: Self.words.keys), "\(kinds)")
        // Named where they are chosen: facts, notices, problems.
        used.formUnion(
            code.matches(of: /"((?:fact|notice|problem|invitation)[A-Za-z]*|belowEscalated)"/).map {
                String($0.output.1)
            }
        )
        for name in used where name.hasPrefix("problem") || ["invitationOver", "invitationForeign"].contains(name) {
            used.insert(name + "Text")
        }
        used.formUnion([
            "dateTime", "dateTimeFar", "days", "hours", "minutes", "dueIn", "dueAgo", "acceptIn", "acceptAgo", "post",
            "placeSeparator", "columnPost", "escalatedFor", "escalatedByClock",
        ])
        let known = Catalogue.of(.zh).keys
        #expect(used.subtracting(known).isEmpty, "\(used.subtracting(known).sorted())")
        #expect(known.subtracting(used).isEmpty, "\(known.subtracting(used).sorted())")
    }

    @Test("No template has a text of its own, nothing inline, and nothing that is not escaped")
    func templates() throws {
        for (name, source) in PageTemplates.sources {
            let text = source.replacing(/\{\{[^}]*\}\}/, with: "").replacing(/<[^>]*>/, with: "")
            #expect(!text.contains { $0.isLetter }, "\(name): \(text)")
            let labels = source.matches(of: /(?:aria-label|title|placeholder|alt)="([^"]*)"/)
            #expect(labels.allSatisfy { $0.output.1.hasPrefix("{{") }, "\(name)")
            for forbidden in ["{{{", "{{&", "style=", "onclick", "<style", "javascript:", "http:", "https:"] {
                #expect(!source.contains(forbidden), "\(name) has \(forbidden)")
            }
        }
        for script in StaticFile.all where script.ending == "js" {
            #expect(!String(decoding: script.bytes, as: UTF8.self).contains { !$0.isASCII })
        }
    }

    /// Whether it is an ideograph, punctuation that goes with them, or a wide form.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        [0x2e80...0x9fff, 0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xffef, 0x20000...0x3ffff].contains {
            $0.contains(scalar.value)
        }
    }

    @Test("No code, template or script has a Chinese text of its own, outside of comments")
    func noChinese() throws {
        #expect(
            "派，：𠀀".unicodeScalars.allSatisfy(Self.isChinese)
                && !"A/B – é".unicodeScalars.contains(where: Self.isChinese)
        )
        var count = 0
        for target in ["GridAPI", "GridPages"] {
            for (name, text) in try Self.files(of: target, ["swift", "mustache", "js", "css"]) {
                count += 1
                for line in text.split(separator: "\n") {
                    // A comment has a line of its own; what follows code is code.
                    let isComment = line.drop { $0 == " " }.hasPrefix("//")
                    #expect(isComment || !line.unicodeScalars.contains(where: Self.isChinese), "\(name): \(line)")
                }
            }
        }
        #expect(count > 100)
    }

    @Test("Values are put in once: what they bring along is not read as a place")
    func values() {
        let texts = Catalogue.of(.en)
        #expect(texts("actedForBy", ["post": "{person}", "person": "x"]) == "{person} (by x, standing in)")
        #expect(texts("noSuchText") == "noSuchText")
    }

    @Test(
        "The language is the one the browser prefers, Chinese where it names neither",
        arguments: [
            (nil, .zh), ("", .zh), ("en", .en), ("en-GB,en;q=0.9,zh;q=0.8", .en),
            ("zh-CN,zh;q=0.9,en;q=0.8", .zh), ("fr, en;q=0.5, zh;q=0.4", .en), ("fr", .zh), ("en;q=0", .zh),
            ("en;q=0.1,zh-TW;q=0.2", .zh), (";;q,=", .zh),
        ] as [(String?, Language)]
    )
    func negotiation(header: String?, expected: Language) {
        #expect(Language(acceptLanguage: header) == expected)
    }

    @Test("Times are the office's, and spans are told in two units at most")
    func times() throws {
        let now = try #require(Instant(rfc3339: "2026-11-23T20:30:00Z"))
        let zh = OfficeTime(now: now, zone: .china, texts: .of(.zh))
        #expect(zh.text(now) == "11月24日 04:30")
        #expect(zh.text(try #require(Instant(rfc3339: "2027-01-02T16:05:00Z"))) == "2027年1月3日 00:05")
        #expect(OfficeTime(now: now, zone: .china, texts: .of(.en)).text(now) == "2026-11-24 04:30")
        #expect(zh.span(0) == "1 分钟")
        #expect(zh.span(90_061_000) == "1 天 1 小时")
        #expect(zh.span(86_460_000) == "1 天")
        #expect(zh.span(3_660_000) == "1 小时 1 分钟")
        #expect(OfficeTime.end(ofDay: "2026-11-24", in: .china) == Instant(rfc3339: "2026-11-24T15:59:00Z"))
        for bad in ["", "2026-02-30", "x", "2026-11", "2026-11-24-1"] {
            #expect(OfficeTime.end(ofDay: bad, in: .china) == nil)
        }
    }
}
