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
}
