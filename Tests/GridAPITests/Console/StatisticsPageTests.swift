//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// The statistics of the console and their pictures.
@Suite struct StatisticsPageTests {
    @Test("Tables have what she sees, by day, by the units below hers, and by who has how much to do")
    func tables() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            _ = try await Browser.signedIn("liaison1", api).act("complete", on: "/m/items/\(id)")
            try await api.deliverMail()
            let street = try await Browser.signedIn("street", api)
            let page = try await street.get("/statistics?days=7")
            #expect(page.status == 200 && page.text.contains("src=\"/statistics/charts/flow?days=7\""))
            #expect(page.text.contains("单位\(TestStreet.community1.code)") && page.text.contains("100%"))
            let flow = try await street.get("/statistics?days=7&table=flow&format=csv").text.split(separator: "\r\n")
            #expect(flow.count == 8 && flow[1].hasSuffix(",29,1"), "\(flow)")
            let load = try await street.get("/statistics?table=load&format=csv").text.split(separator: "\r\n")
            #expect(load.count == 29)
            // The page names the first and says how many more there are; both say within what each post is.
            #expect(page.text.contains("另有 8 行"))
            let (community, cell) = (TestStreet.community1.code, TestStreet.leader1.code)
            let within = "单位\(community)·单位\(cell)"
            #expect(page.text.contains("\(within)·单位\(TestStreet.group1.code) group-leader"))
            #expect(load.contains { $0.hasPrefix("\(within),单位\(TestStreet.group1.code) group-leader") }, "\(load)")
            let secretary = try await Browser.signedIn("community1", api)
            let own = try await secretary.get("/statistics?table=onTime&format=csv").text
            #expect(own.contains("单位\(TestStreet.leader1.code),7,1,0,1,100%"), "\(own)")
            #expect(!own.contains("单位\(TestStreet.leader3.code)"))
            let part = try await secretary.get("/statistics?table=flow&format=csv").text.split(separator: "\r\n")
            #expect(part.count == 31 && part[1].hasSuffix(",14,1"))
        }
    }

    @Test("Everybody has statistics of her own posts and those below, and of no other", arguments: AccessTests.people)
    func access(viewer: String) async throws {
        try await TestAPI.run { api in
            _ = try await api.issueOrder()
            let browser = try await Browser.signedIn(viewer, api)
            for uri in ["/statistics", "/statistics?table=load&format=csv"] {
                let page = try await browser.get(uri)
                #expect(page.status == 200)
                for (owner, post) in TestStreet.people where post.role != "office" && !AccessTests.sees(viewer, owner) {
                    #expect(!page.text.contains("持岗人\(post.code)<") && !page.text.contains("持岗人\(post.code),"))
                }
            }
            #expect(try await browser.get("/statistics/charts/nothing").status == 404)
            #expect(try await api.get("/statistics/charts/flow", as: nil).status == 303)
        }
    }

    @Test("A picture is SVG, drawn once in some seconds, and of the names only what they say")
    func pictures() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let browser = try await Browser.signedIn("street", api)
            // Of whom nothing can be said yet, nothing is drawn.
            #expect(try await browser.get("/statistics/charts/onTime").status == 404)
            let empty = try await browser.get("/statistics").text
            #expect(!empty.contains("/statistics/charts/onTime") && empty.contains("还没有数据。"))
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            _ = try await Browser.signedIn("liaison1", api).act("complete", on: "/m/items/\(id)")
            try await api.deliverMail()
            for chart in ChartDesk.Chart.allCases {
                let picture = try await browser.get("/statistics/charts/\(chart.rawValue)")
                #expect(picture.status == 200 && picture.headers[.contentType] == "image/svg+xml")
                #expect(picture.text.contains("<svg") && !picture.text.contains("<script"))
            }
            let before = try await browser.get("/statistics/charts/load").text
            _ = try await api.issueOrder()
            #expect(try await browser.get("/statistics/charts/load").text == before)
            api.clock.advance(milliseconds: ChartDesk.lifetime)
            #expect(try await browser.get("/statistics/charts/load").text != before)
        }
    }

    @Test(
        "The bars of a picture stand in the order of its table, the first on top",
        arguments: [ChartDesk.Chart.onTime, .load]
    )
    func order(chart: ChartDesk.Chart) async throws {
        let names = ["first", "second", "third"]
        let rows = [["unit", "share"]] + names.map { [$0, "50"] }
        let picture = String(decoding: try await Gnuplot.svg(chart.commands(rows: 3), height: 138, rows), as: UTF8.self)
        let heights = try names.map { name in
            let label = try #require(picture.range(of: "<text>\(name)<"))
            let place = picture[..<label.lowerBound].matches(of: /translate\([0-9.]+,([0-9.]+)\)/).last
            return try #require(place.flatMap { Double($0.output.1) })
        }
        #expect(heights == heights.sorted(), "\(heights)")
    }

    @Test(
        "Nothing in a name is a command, a format or markup to gnuplot",
        arguments: [
            "`touch PATH`", "$(touch PATH)", "\"; system('touch PATH'); \"", "\n!touch PATH\n", "e\nset output 'PATH'",
            "%d %s %n", "{/Bold x}", "\\n", "#", "<script>alert(1)</script>", "a\tb",
        ]
    )
    func hostile(name: String) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)").path
        let text = name.replacing("PATH", with: path)
        for chart in [ChartDesk.Chart.onTime, .load] {
            let picture = try await Gnuplot.svg(
                chart.commands(rows: 2),
                height: 200,
                [[text, text], [text, "3"], ["x", "4"]]
            )
            let svg = String(decoding: picture, as: UTF8.self)
            #expect(svg.contains("<svg") && svg.contains("</svg>") && !svg.contains("<script"))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("A picture that takes too long or cannot be drawn is an error, and the process is gone")
    func bounds() async throws {
        await #expect(throws: Gnuplot.Failure.self) {
            try await Gnuplot.svg("plot nonsense(", height: 200, [["a", "b"]])
        }
        let start = ContinuousClock.now
        await #expect(throws: Gnuplot.Failure.self) {
            try await Gnuplot.svg("while (1) { x = 1 }", height: 200, [["a", "b"]])
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        await #expect(throws: Gnuplot.Failure.self) {
            try await Gnuplot.svg("set samples 10000; plot for [i=1:400] sin(x * i)", height: 200, [["a", "b"]])
        }
    }
}
