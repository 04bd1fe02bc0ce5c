//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Testing

@Suite("Notes that the rules write")
struct SystemNoteTests {
    @Test("Each is read from its text")
    func read() throws {
        let time = try #require(Instant(rfc3339: "2026-11-24T08:00:00Z"))
        let notes: [SystemNote] = [
            .timeNearlyOver, .notAcknowledged(by: time), .notAcknowledged(by: nil), .notDone(by: time),
            .notDone(by: nil),
            .settledByHolder, .escalatedAgain,
        ]
        for note in notes { #expect(SystemNote(text: note.text) == note, "\(note.text)") }
        #expect(SystemNote.notDone(by: time).text == "not done by 2026-11-24T08:00:00.000Z")
    }

    @Test(
        "What somebody wrote is none",
        arguments: ["", "水泵房钥匙不在物业", "not done by the plumber", "not done by ", "80 %"]
    )
    func written(text: String) {
        #expect(SystemNote(text: text) == nil)
    }
}
