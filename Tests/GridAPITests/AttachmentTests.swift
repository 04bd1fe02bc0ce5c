//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Photos and documents over the API.
@Suite struct AttachmentTests {
    /// Segments of a JPEG that only decoding needs: JFIF, tables, the frame, the scan, and restarts.
    private static let decoding: Set<UInt8> = [0xe0, 0xdb, 0xc0, 0xc2, 0xc4, 0xda, 0xdd]

    private static func send(
        _ bytes: [UInt8],
        to id: String,
        kind: String = "after",
        as person: String = "liaison1",
        type: String = "image/jpeg",
        _ api: TestAPI
    ) async throws -> Answer {
        let uri = "/v1/assignments/\(id)/attachments?kind=\(kind)"
        return try await api.send(.post, uri, as: person, bytes: bytes, headers: [.contentType: type])
    }

    private static func start(_ api: TestAPI) async throws -> String {
        try await api.assignment(of: try await api.issueOrder(), heldBy: TestStreet.liaison1)
    }

    @Test("A photo is kept small and upright, without where it was taken, and is read by whoever sees the assignment")
    func photo() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 3_000, height: 2_000)
            #expect(photo.contains(Array("Exif".utf8)) && photo.contains(Array(TestPhoto.comment.utf8)))
            let answer = try await Self.send(photo, to: id, api)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json["kind"].string == "after" && answer.json["type"].string == "image/jpeg")
            #expect(answer.json["person"].string == "liaison1")
            let file = try #require(answer.json["file"].string)
            let kept = try await api.get("/v1/assignments/\(id)/attachments/\(file)", as: "liaison1")
            #expect(kept.status == 200)
            let (width, height, markers) = try TestPhoto.look(at: kept.bytes)
            #expect(width == 1_067 && height == 1_600)
            #expect(markers.isSubset(of: Self.decoding), "\(markers)")
            for word in ["Exif", "GPS", TestPhoto.comment] {
                #expect(!kept.bytes.contains(Array(word.utf8)), "\(word)")
            }
            #expect(Double(kept.bytes.count) == answer.json["size"].number)
            // The leader above, who checks the work.
            let list = try await api.get("/v1/assignments/\(id)/attachments", as: "group1")
            #expect(list.json["attachments"].array.map { $0["file"].string } == [file])
            #expect(try await api.get("/v1/assignments/\(id)/attachments/\(file)", as: "group1").bytes == kept.bytes)
            let path = api.store.files.path + "/\(file.prefix(2))/\(file)"
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            // Nothing is left of what was sent.
            let files = try FileManager.default.subpathsOfDirectory(atPath: api.store.files.path)
            #expect(files.filter { $0.utf8.count > 2 } == ["\(file.prefix(2))/\(file)"])
        }
    }

    @Test("The same photo sent again is the same attachment")
    func again() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let photo = try await TestPhoto.jpeg(width: 40, height: 20)
            let first = try await Self.send(photo, to: id, api)
            let second = try await Self.send(photo, to: id, api)
            #expect(first.status == 201 && second.status == 200)
            #expect(first.json == second.json)
            #expect(try await Self.send(photo, to: id, kind: "before", api).status == 201)
        }
    }

    @Test("What phones and scanners write is taken, whatever it calls itself", arguments: ["png", "webp", "heic"])
    func types(ending: String) async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let answer = try await Self.send(try await TestPhoto.image(ending), to: id, type: "image/x-any", api)
            #expect(answer.status == 201 && answer.json["type"].string == "image/jpeg", "\(answer.text)")
            let file = try #require(answer.json["file"].string)
            let kept = try await api.get("/v1/assignments/\(id)/attachments/\(file)", as: "liaison1")
            #expect(try TestPhoto.look(at: kept.bytes).width == 40)
        }
    }

    @Test("A document is kept as it is, and only ever saved")
    func document() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let bytes = Array("%PDF-1.7 and so on".utf8)
            let answer = try await Self.send(bytes, to: id, type: "application/pdf", api)
            #expect(answer.status == 201 && answer.json["type"].string == "application/pdf")
            let file = try #require(answer.json["file"].string)
            let kept = try await api.get("/v1/assignments/\(id)/attachments/\(file)", as: "liaison1")
            #expect(kept.bytes == bytes)
            #expect(kept.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
        }
    }

    @Test("Browsers are told to believe the type, to run nothing, and not to keep it")
    func headers() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let file = try await api.attach("x", to: id, as: TestStreet.liaison1)
            let answer = try await api.get("/v1/assignments/\(id)/attachments/\(file)", as: "liaison1")
            #expect(answer.headers[.contentType] == "image/jpeg")
            #expect(answer.headers[.contentDisposition] == "attachment; filename=\"\(file.prefix(12)).jpg\"")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.cacheControl] == "no-store")
            let policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
            #expect(answer.headers[.contentSecurityPolicy] == policy)
            #expect(answer.headers[.contentLength] == "1")
            let head = try await api.send(.head, "/v1/assignments/\(id)/attachments/\(file)", as: "liaison1")
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers[.contentLength] == "1")
        }
    }

    @Test(
        "What is no photo and no document is refused, and nothing of it stays",
        arguments: [
            ("image/jpeg", "<svg xmlns='http://www.w3.org/2000/svg'/>", 415), ("image/jpeg", "", 415),
            ("image/jpeg", "<script>alert(1)</script>", 415), ("image/gif", "GIF89a", 415), ("image/jpeg", "MZ", 415),
            ("text/plain", "%PDF-1.7", 415), ("multipart/form-data", "%PDF-1.7", 415),
            ("image/jpeg", "\u{89}PNG", 415), ("image/png", "RIFF0000WEBPVP8 ", 422),
        ]
    )
    func refused(type: String, text: String, status: Int) async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let answer = try await Self.send(Array(text.utf8), to: id, type: type, api)
            #expect(answer.status == status, "\(answer.text)")
            #expect(
                try await api.get("/v1/assignments/\(id)/attachments", as: "liaison1").json["attachments"].array == []
            )
            let files = try? FileManager.default.subpathsOfDirectory(atPath: api.store.files.path)
            #expect(files ?? [] == [])
        }
    }

    @Test("A picture of more pixels than any phone takes is refused before it is decoded, and one that is cut off too")
    func bombs() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let bomb = try await TestPhoto.image("png", width: 12_000, height: 10_100)
            #expect(bomb.count < StoredFile.largest)
            let answer = try await Self.send(bomb, to: id, api)
            #expect(answer.status == 422 && answer.text.contains("photo-too-many-pixels"), "\(answer.text)")
            let whole = try await TestPhoto.jpeg(width: 400, height: 300)
            for count in [300, whole.count / 2, whole.count - 2] {
                let cut = try await Self.send(Array(whole.prefix(count)), to: id, api)
                #expect(cut.status == 422 && cut.text.contains("photo-unreadable"), "\(count): \(cut.text)")
            }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: api.store.files.path).isEmpty)
        }
    }

    @Test("A file that is too large is refused, told so or found out")
    func size() async throws {
        try await TestAPI.run { api in
            let id = try await Self.start(api)
            let bytes = Array("%PDF-".utf8) + [UInt8](repeating: 0, count: StoredFile.largest)
            #expect(try await Self.send(bytes, to: id, type: "application/pdf", api).status == 413)
            let uri = "/v1/assignments/\(id)/attachments?kind=after"
            let headers: HTTPFields = [.contentType: "application/pdf", .contentLength: "1"]
            #expect(try await api.send(.post, uri, as: "liaison1", bytes: bytes, headers: headers).status == 413)
            #expect(try FileManager.default.subpathsOfDirectory(atPath: api.store.files.path).isEmpty)
        }
    }

    @Test("What another node told of is read by whoever sees the issuer's assignment, once it is here")
    func otherNode() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["cascade": ["to": "cell-leader", "mode": "automatic"]])
            let leg = try #require(AssignmentID(order + ".99"))
            let draft = try api.store.files.draft()
            try Array("photo".utf8).withUnsafeBytes { try draft.append($0) }
            let (hash, size) = try api.store.files.keep(draft.path)
            let attachment = GridModel.Attachment(kind: .after, file: StoredFile(hash: hash, type: .jpeg, size: size))
            let files = ReportedFiles(node: "n", attachments: [attachment])
            try await api.store.write { try $0.note(files, of: leg, from: TestStreet.leader2, at: api.clock.wall.now) }
            let uri = "/v1/assignments/\(leg)/attachments"
            #expect(try await api.get(uri, as: "street").json["attachments"][0]["file"].string == hash.text)
            let early = try await api.get("\(uri)/\(hash)", as: "street")
            #expect(early.status == 503 && early.headers[.retryAfter] == "30", "\(early.text)")
            for person in ["leader1", "leader2", "community1"] {
                #expect(try await api.get(uri, as: person).status == 404)
                #expect(try await api.get("\(uri)/\(hash)", as: person).status == 404)
            }
            try await api.store.write { try $0.fileArrived(hash) }
            #expect(try await api.get("\(uri)/\(hash)", as: "street").text == "photo")
        }
    }

    @Test("Only the holder or her stand-in attaches, until it is handed in, and the quota holds")
    func rules() async throws {
        let configuration = APIConfiguration(fileQuota: 30, passwordCost: TestAPI.cheap)
        try await TestAPI.run(configuration) { api in
            let id = try await Self.start(api)
            let pdf = Array("%PDF-1".utf8)
            let type = "application/pdf"
            #expect(try await Self.send(pdf, to: id, as: "group1", type: type, api).status == 403)
            #expect(try await Self.send(pdf, to: id, as: "liaison2", type: type, api).status == 404)
            #expect(try await Self.send(pdf, to: id, kind: "other", type: type, api).status == 400)
            #expect(try await Self.send(pdf, to: id, type: type, api).status == 201)
            let large = Array("%PDF-1234567890123456789012345".utf8)
            let full = try await Self.send(large, to: id, type: type, api)
            #expect(full.status == 507, "\(full.text)")
            let now = api.clock.wall.now
            try await api.store.write { store in
                let person = try #require(try store.person(named: "liaison2"))
                _ = try store.addStandIn(
                    for: TestStreet.liaison1,
                    person: person.n,
                    from: now,
                    to: now.adding(milliseconds: 3_600_000),
                    grantedBy: nil,
                    at: now
                )
            }
            let uri = "/v1/assignments/\(id)/attachments?kind=after&as=\(TestStreet.liaison1)"
            let bytes = Array("%PDF-2".utf8)
            let answer = try await api.send(.post, uri, as: "liaison2", bytes: bytes, headers: [.contentType: type])
            #expect(answer.status == 201 && answer.json["person"].string == "liaison2", "\(answer.text)")
            _ = try await api.post("/v1/assignments/\(id)/complete", as: "liaison1")
            let late = try await Self.send(Array("%PDF-3".utf8), to: id, type: type, api)
            #expect(late.status == 409, "\(late.text)")
            #expect(try await Self.send(pdf, to: id, type: type, api).status == 200)
        }
    }
}
