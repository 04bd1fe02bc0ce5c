//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import HTTPTypes
import Testing

@testable import GridAPI
@testable import GridStore

/// Photos on the pages for the field, as a browser without scripts sends them.
@Suite struct PhotoPageTests {
    private static func start(_ api: TestAPI) async throws -> (id: String, browser: Browser, form: Browser.Form) {
        let id = try await api.assignment(of: try await api.issueOrder(), heldBy: TestStreet.liaison1)
        let browser = try await Browser.signedIn("liaison1", api)
        return (id, browser, try await form(id, browser))
    }

    private static func form(_ id: String, _ browser: Browser) async throws -> Browser.Form {
        let page = try await browser.get("/m/items/\(id)")
        return try #require(Browser.forms(page.text).first { $0.action.hasSuffix("/complete") })
    }

    private static func attachments(_ id: String, _ api: TestAPI) async throws -> [AttachmentLine] {
        let id = try #require(AssignmentID(id))
        return try await api.store.read { try $0.attachments(of: id) }
    }

    @Test(
        "Completing takes photos from before and after the work, and the item's page shows them to her and to her leader"
    )
    func complete() async throws {
        try await TestAPI.run { api in
            let (id, browser, form) = try await Self.start(api)
            #expect(form.text.contains("enctype=\"multipart/form-data\""))
            for name in ["before", "after"] {
                let input = "<input type=\"file\" name=\"\(name)\" accept=\"image/*\" multiple>"
                #expect(form.text.contains(input))
            }
            var photos: [[UInt8]] = []
            for width in [40, 60, 80] { photos.append(try await TestPhoto.jpeg(width: width, height: 20)) }
            let files: [(String, [UInt8])] = [
                ("before", photos[0]), ("after", photos[1]), ("after", photos[2]), ("after", []),
            ]
            let answer = try await browser.submit(form, ["note": "已修好"], files: files)
            #expect(answer.status == 303, "\(answer.text)")
            let lines = try await Self.attachments(id, api)
            #expect(lines.map(\.attachment.kind) == [.before, .after, .after])
            for viewer in ["liaison1", "group1"] {
                let page = try await Browser.signedIn(viewer, api).get("/m/items/\(id)")
                #expect(page.text.contains("办理前照片") && page.text.contains("办理后照片"))
                #expect(page.text.contains("已修好"))
                for line in lines {
                    let file = "/v1/assignments/\(id)/attachments/\(line.attachment.file.hash)"
                    let link = "/m/items/\(id)/photos/\(line.attachment.file.hash)"
                    #expect(page.text.contains("<a href=\"\(link)\"><img src=\"\(file)\" alt=\"办理"))
                    #expect(try await Browser.signedIn(viewer, api).get(file).status == 200)
                    let photo = try await Browser.signedIn(viewer, api).get(link)
                    #expect(photo.status == 200 && photo.text.contains("<img src=\"\(file)\" alt=\"办理"))
                    #expect(photo.text.contains("<a href=\"/m/items/\(id)\">返回任务</a>"))
                }
                #expect(page.headers[.contentSecurityPolicy]?.contains("img-src 'self';") == true)
            }
        }
    }

    @Test("Photos are added when they are taken, with the camera or from the album, and are there when it is completed")
    func added() async throws {
        try await TestAPI.run { api in
            let (id, browser, _) = try await Self.start(api)
            let item = "/m/items/\(id)"
            let text = try await browser.get(item).text
            let form = try #require(Browser.forms(text).first { $0.action == "\(item)/photos" })
            for name in ["before", "after"] {
                for rest in [" capture=\"environment\">", " multiple>"] {
                    #expect(form.text.contains("<input type=\"file\" name=\"\(name)\" accept=\"image/*\"\(rest)"))
                }
            }
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            for _ in 1...2 {
                let answer = try await browser.submit(form, files: [("before", photo), ("after", [])])
                #expect(answer.status == 303 && answer.headers[.location] == "\(item)?did=photos", "\(answer.text)")
            }
            #expect(try await browser.get("\(item)?did=photos").text.contains("照片已上传。"))
            let bad = try await browser.submit(form, files: [("after", Array("no photo".utf8))])
            #expect(bad.status == 415 && bad.text.contains("有照片没有收下"))
            #expect(try await browser.submit(form, files: []).status == 422)
            #expect(try await browser.submit(form, ["csrf": "x"], files: [("after", photo)]).status == 403)
            let other = try await Browser.signedIn("group1", api)
            #expect(!(try await other.get(item).text.contains("\(item)/photos\"")))
            _ = try await browser.act("complete", on: item)
            #expect(try await Self.attachments(id, api).map(\.attachment.kind) == [.before])
            let late = try await browser.submit(form, files: [("after", photo)])
            #expect(late.status == 409 && late.text.contains("现在不能这样操作"))
            #expect(!late.text.contains("\(item)/photos\""))
        }
    }

    @Test("Whoever signs off sees the photos of work handed in beside it, those of another node's once they have come")
    func below() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["signOff": ["liaison"]])
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            _ = try await browser.submit(try await Self.form(id, browser), files: [("after", photo)])
            try await api.deliverMail()
            let group = try await Browser.signedIn("group1", api)
            let hash = try #require(try await Self.attachments(id, api).first?.attachment.file.hash)
            let page = "/m/items/\(id)/photos/\(hash)"
            let link = "<a href=\"\(page)\"><img src=\"/v1/assignments/\(id)/attachments/\(hash)\" "
            #expect(try await group.get("/m/below").text.contains(link))
            // As it is where the liaison's node is another one.
            try await api.store.write { try $0.connection.run("UPDATE file SET source = 'n'", []) }
            let early = try await group.get("/m/below").text
            #expect(early.contains("照片正在传来：1 张") && !early.contains(link))
            try await api.store.write { try $0.fileArrived(hash) }
            #expect(try await group.get("/m/below").text.contains(link))
        }
    }

    @Test("Whoever does not see the item does not see a photo of it, and what is no photo has no page")
    func foreignPhoto() async throws {
        try await TestAPI.run { api in
            let (id, browser, form) = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            #expect(try await browser.submit(form, files: [("after", photo)]).status == 303)
            let hash = try #require(try await Self.attachments(id, api).first?.attachment.file.hash)
            for viewer in ["liaison2", "group2", "leader3", "community2"] {
                let page = try await Browser.signedIn(viewer, api).get("/m/items/\(id)/photos/\(hash)")
                #expect(page.status == 404 && !page.text.contains("<img"), "\(viewer)")
            }
            for word in ["x", String(repeating: "0", count: 64)] {
                #expect(try await browser.get("/m/items/\(id)/photos/\(word)").status == 404)
            }
        }
    }

    @Test("A form with photos that is sent twice does its work once")
    func twice() async throws {
        try await TestAPI.run { api in
            let (id, browser, form) = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            for _ in 1...3 { #expect(try await browser.submit(form, files: [("after", photo)]).status == 303) }
            #expect(try await Self.attachments(id, api).count == 1)
            let lines = try await api.get("/v1/assignments/\(id)/history", as: "liaison1").json["lines"].array
            #expect(lines.count { $0["event"].string == "completed" || $0["event"].string == "submitted" } == 1)
        }
    }

    @Test("A photo that is not taken keeps the work from being handed in, and what was typed stays")
    func notTaken() async throws {
        try await TestAPI.run { api in
            let (id, browser, form) = try await Self.start(api)
            let large: [UInt8] = [0xff, 0xd8, 0xff] + [UInt8](repeating: 0, count: StoredFile.largest)
            let bad: [([UInt8], Int)] = [(Array("no photo".utf8), 415), (large, 413), ([0xff, 0xd8, 0xff, 0], 422)]
            for (bytes, status) in bad {
                let answer = try await browser.submit(form, ["note": "写了很久"], files: [("after", bytes)])
                #expect(answer.status == status && answer.text.contains("有照片没有收下"), "\(answer.text)")
                #expect(answer.text.contains(">写了很久</textarea>"))
            }
            #expect(try await Self.attachments(id, api).isEmpty)
            let again = try await Self.form(id, browser)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            let many = (0...GridModel.Attachment.limit).map { ("after", photo + [UInt8($0)]) }
            _ = try await browser.submit(again, files: many)
            // What differs after a photo's end is not kept: it is one photo.
            #expect(try await Self.attachments(id, api).count == 1)
        }
    }

    @Test("Photos for a full store are refused with words, and the work can be handed in without them")
    func full() async throws {
        try await TestAPI.run(APIConfiguration(fileQuota: 10, passwordCost: TestAPI.cheap)) { api in
            let (id, browser, form) = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            let answer = try await browser.submit(form, ["note": "x"], files: [("after", photo)])
            #expect(answer.status == 507 && answer.text.contains("照片空间已满"), "\(answer.text)")
            #expect(try await browser.submit(try await Self.form(id, browser), files: []).status == 303)
        }
    }

    @Test("Nothing is written for a form that is not from this page, not hers, or not whole")
    func foreign() async throws {
        try await TestAPI.run { api in
            let (id, browser, form) = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            #expect(try await browser.submit(form, ["csrf": "x"], files: [("after", photo)]).status == 403)
            let other = try await Browser.signedIn("liaison2", api)
            let token = try #require(Browser.forms(try await other.get("/m").text).last?.fields["csrf"])
            #expect(try await other.submit(form, ["csrf": token], files: [("after", photo)]).status == 404)
            let cut = try await api.send(
                .post,
                form.action,
                as: nil,
                bytes: Array("------x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n".utf8),
                headers: [.cookie: browser.cookie, .contentType: "multipart/form-data; boundary=----x"]
            )
            #expect(cut.status == 400)
            let elsewhere = Browser.Form(action: "/m/items/\(id)/return", fields: form.fields, text: "")
            #expect(try await browser.submit(elsewhere, ["note": "x"], files: [("after", photo)]).status == 415)
            #expect(!FileManager.default.fileExists(atPath: api.store.files.path))
            #expect(try await Self.attachments(id, api).isEmpty)
        }
    }
}
