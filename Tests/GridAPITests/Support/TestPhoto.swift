//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

@testable import GridAPI

/// Photos as phones take them, made for tests.
enum TestPhoto {
    /// Text in a comment of each photo, which must not be kept.
    static let comment = "taken at home"

    /// A JPEG with a GPS position, a comment, and the remark that it lies on its side (orientation 6).
    static func jpeg(width: Int, height: Int) async throws -> [UInt8] {
        let plain = try await vips("black", "photo.jpg", "\(width)", "\(height)", "--bands", "3")
        let exif = segment(0xe1, Array("Exif\0\0".utf8) + tiff)
        let said = exif + segment(0xfe, Array(comment.utf8))
        return Array(plain.prefix(2)) + said + Array(plain.dropFirst(2))
    }

    /// An image of some type, by the ending that libvips knows it by.
    static func image(_ ending: String, width: Int = 40, height: Int = 20) async throws -> [UInt8] {
        try await vips("black", "photo.\(ending)", "\(width)", "\(height)", "--bands", "3")
    }

    /// The size of a JPEG in pixels, and the markers of its segments up to the picture itself.
    static func look(at jpeg: [UInt8]) throws -> (width: Int, height: Int, markers: Set<UInt8>) {
        var markers: Set<UInt8> = []
        var size = (0, 0)
        var index = 2
        while index + 9 < jpeg.count, jpeg[index] == 0xff {
            let marker = jpeg[index + 1]
            markers.insert(marker)
            if (0xc0...0xc2).contains(marker) {
                size = (number(jpeg, index + 7), number(jpeg, index + 5))
            }
            if marker == 0xda { break }
            index += 2 + number(jpeg, index + 2)
        }
        return (size.0, size.1, markers)
    }

    private static func number(_ bytes: [UInt8], _ index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
    }

    /// The orientation, and the latitude 31° 13' 0" north.
    private static var tiff: [UInt8] {
        func short(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
        func long(_ value: Int) -> [UInt8] { short(value & 0xffff) + short(value >> 16) }
        func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            short(tag) + short(type) + long(count) + value
        }
        func directory(_ entries: [UInt8]...) -> [UInt8] { short(entries.count) + entries.flatMap(\.self) + long(0) }
        let first = directory(entry(0x0112, 3, 1, long(6)), entry(0x8825, 4, 1, long(38)))
        let gps = directory(entry(1, 2, 2, Array("N\0\0\0".utf8)), entry(2, 5, 3, long(68)))
        let header: [UInt8] = Array("II".utf8) + short(42) + long(8)
        let latitude: [UInt8] = [31, 1, 13, 1, 0, 1].flatMap { long($0) }
        return header + first + gps + latitude
    }

    private static func vips(_ operation: String, _ file: String, _ arguments: String...) async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("photo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ended = try await program("/usr/bin/vips", [operation, file] + arguments, in: folder.path)
        #expect(ended.status == 0, "\(ended.output)")
        return Array(try Data(contentsOf: folder.appendingPathComponent(file)))
    }
}

extension TestAPI {
    /// Attaches a text as if it were a photo, past the decoder; returns its hash.
    @discardableResult
    func attach(_ text: String, to id: String, as post: PostAddress) async throws -> String {
        let draft = try store.files.draft()
        try Array(text.utf8).withUnsafeBytes { try draft.append($0) }
        let (hash, size) = try store.files.keep(draft.path)
        let attachment = GridModel.Attachment(kind: .before, file: StoredFile(hash: hash, type: .jpeg, size: size))
        let (folder, now) = (store.files, clock.wall.now)
        let id = try #require(AssignmentID(id))
        try await store.write { store in
            let assignment = try #require(try store.assignment(id))
            _ = try store.attach(
                attachment,
                to: assignment,
                as: post,
                by: nil,
                in: folder,
                quota: 1_000_000,
                at: now
            )
        }
        return hash.text
    }
}
