//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A work order file")
struct OrderDraftTests {
    private static let least = """
        {"title": "t", "body": "b", "module": "services", "scope": ["310105002"],
         "cascade": {"to": "liaison", "mode": "automatic"}}
        """

    private static func read(_ text: String) throws -> OrderDraft {
        try JSONDecoder().decode(OrderDraft.self, from: Data(text.utf8))
    }

    @Test("may leave out what has a default")
    func defaults() throws {
        let draft = try Self.read(Self.least)
        #expect(
            draft
                == OrderDraft(
                    title: "t",
                    body: "b",
                    module: .services,
                    priority: .normal,
                    scope: ["310105002"],
                    cascade: Cascade(to: "liaison", mode: .automatic),
                    signOff: [],
                    rollUp: .automatic,
                    acceptBy: nil,
                    dueAt: nil
                )
        )
    }

    @Test("is the same after it was written and read again")
    func roundTrip() throws {
        let at = try #require(Instant(rfc3339: "2026-12-01T18:00:00+08:00"))
        for module in AffairsModule.allCases {
            let draft = OrderDraft(
                title: "冬季消防",
                body: "逐户上门。\n\"\\",
                module: module,
                priority: .urgent,
                scope: ["310105002001", "310105002002001"],
                cascade: Cascade(to: "group-leader", mode: .onAcceptance),
                signOff: ["cell-leader", "group-leader"],
                rollUp: .byHolder,
                acceptBy: .after(milliseconds: 172_800_000),
                dueAt: .at(at)
            )
            let text = String(decoding: try JSONEncoder().encode(draft), as: UTF8.self)
            #expect(try Self.read(text) == draft)
        }
    }

    @Test("must have the rest", arguments: ["title", "body", "module", "scope", "cascade"])
    func required(name: String) throws {
        let file = try #require(JSONSerialization.jsonObject(with: Data(Self.least.utf8)) as? [String: Any])
        let text = try JSONSerialization.data(withJSONObject: file.filter { $0.key != name })
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(OrderDraft.self, from: text) }
        guard case .keyNotFound(let key, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(key.stringValue == name)
    }

    @Test(
        "names the member whose value is none of those allowed",
        arguments: [
            ("module", #""gardening""#), ("priority", #""high""#), ("scope", #""310105002""#), ("rollUp", "true"),
            ("cascade", #"{"to": "liaison", "mode": "later"}"#), ("acceptBy", #""P1M""#), ("dueAt", #""tomorrow""#),
            ("signOff", "[7]"),
        ]
    )
    func values(name: String, value: String) throws {
        var file = try #require(JSONSerialization.jsonObject(with: Data(Self.least.utf8)) as? [String: Any])
        file[name] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let text = try JSONSerialization.data(withJSONObject: file)
        let error = #expect(throws: DecodingError.self) { try JSONDecoder().decode(OrderDraft.self, from: text) }
        switch error {
        case .dataCorrupted(let context)?, .typeMismatch(_, let context)?:
            #expect(context.codingPath.first?.stringValue == name)
        default: Issue.record("\(String(describing: error))")
        }
    }
}
