//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime
import Testing

@testable import GridAPI

@Suite("What pages say of times")
struct OfficeTimeTests {
    @Test("Times are those of the office's clocks")
    func zone() throws {
        let now = try #require(Instant(rfc3339: "2026-11-24T16:30:00Z"))
        let zone = try #require(OfficeZone("Asia/Urumqi"))
        #expect(OfficeTime(now: now, zone: zone, texts: .of(.en)).text(now) == "2026-11-24 22:30")
        #expect(OfficeTime(now: now, zone: zone, texts: .of(.en)).today == "2026-11-24")
        #expect(OfficeTime(now: now, zone: .china, texts: .of(.en)).text(now) == "2026-11-25 00:30")
        #expect(OfficeTime(now: now, zone: .china, texts: .of(.en)).today == "2026-11-25")
    }

    @Test("What the rules wrote is told in the page's language, and what somebody wrote as it is")
    func notes() throws {
        let now = try #require(Instant(rfc3339: "2026-11-24T08:00:00Z"))
        let (zh, en) = (
            OfficeTime(now: now, zone: .china, texts: .of(.zh)), OfficeTime(now: now, zone: .china, texts: .of(.en))
        )
        #expect(zh.note(SystemNote.notDone(by: now).text) == "到 11月24日 16:00 仍未办结")
        #expect(en.note(SystemNote.notDone(by: now).text) == "not done by 2026-11-24 16:00")
        let notes: [SystemNote] = [
            .timeNearlyOver, .notAcknowledged(by: now), .notAcknowledged(by: nil), .notDone(by: nil), .settledByHolder,
            .escalatedAgain,
        ]
        for note in notes {
            let told = zh.note(note.text)
            #expect(!told.contains { $0.isASCII && $0.isLetter }, "\(told)")
        }
        #expect(zh.note("水泵房钥匙不在物业 today") == "水泵房钥匙不在物业 today")
    }
}
