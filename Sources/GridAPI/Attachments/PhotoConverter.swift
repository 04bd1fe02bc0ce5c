//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// Makes photos small, upright and silent about where they were taken.
///
/// Decoders read what anybody sends, so they run in processes of their own (libvips' tools), with limits on time, memory,
/// files and output, with the loaders switched off that libvips itself does not trust, and without the node's environment.
struct PhotoConverter: Sendable {
    /// Why a photo was not taken.
    enum Failure: Error, Equatable {
        /// It cannot be decoded, or not within the limits.
        case unreadable
        /// It has more pixels than are decoded.
        case tooManyPixels
        /// A tool that decoding needs is not installed.
        case noTool(String)
    }

    /// The most pixels of a photo: more than the cameras of phones have, far fewer than a decompression bomb.
    static let mostPixels = 120_000_000
    /// The longer side of a photo that is kept, in pixels.
    static let longestSide = 1_600
    /// What a process may take: seconds, seconds of work, and bytes of memory.
    private static let (patience, work, memory) = (30, 15, 1_073_741_824)

    /// Two at once, as many as a small machine has cores, and six that wait.
    private let lanes = ToolLanes(count: 2, waiting: 6)

    /// Converts a photo into a JPEG beside it.
    ///
    /// - Parameters:
    ///   - name: The photo's name in its folder.
    ///   - folder: The folder.
    /// - Returns: The JPEG's name. The caller removes it.
    /// - Throws: `Failure`, `WorkLanes.Busy` when many photos wait already, or `CancellationError`.
    func convert(_ name: String, in folder: String) async throws -> String {
        try await lanes.run {
            guard let size = try await Self.size(of: name, in: folder) else { throw Failure.unreadable }
            guard size.width * size.height <= Self.mostPixels else { throw Failure.tooManyPixels }
            let output = name + ".jpg"
            let arguments = [
                // Stripped are EXIF with its GPS position, XMP, IPTC, comments and the profile.
                "vips", "thumbnail", name, "\(output)[Q=80,strip,optimize_coding,background=255]",
                "\(Self.longestSide)", "--height", "\(Self.longestSide)", "--size", "down",
                // What phones take in a profile of their own looks right without it afterwards.
                "--export-profile", "srgb",
                // What was cut off on its way is not a photo with a grey half.
                "--fail-on", "truncated",
            ]
            do {
                let ended = try await Self.run(arguments, in: folder)
                guard ended.status == 0, FileManager.default.fileExists(atPath: "\(folder)/\(output)") else {
                    throw Failure.unreadable
                }
            } catch {
                unlink("\(folder)/\(output)")
                throw error
            }
            return output
        }
    }

    /// The size of a photo in pixels, as its header says; nil when there is none that makes sense.
    private static func size(of name: String, in folder: String) async throws -> (width: Int, height: Int)? {
        let ended = try await run(["vipsheader", name], in: folder)
        guard ended.status == 0 else { return nil }
        // As in: draft-1: 4032x3024 uchar, 3 bands, srgb, jpegload
        let header = String(decoding: ended.output, as: UTF8.self)
        guard let sides = header.split(separator: " ").dropFirst().first?.split(separator: "x").map({ Int($0) }),
            sides.count == 2, let width = sides[0], let height = sides[1],
            (1...1_000_000).contains(width), (1...1_000_000).contains(height)
        else { return nil }
        return (width, height)
    }

    /// Runs a tool to its end, which the limits bring.
    private static func run(_ arguments: [String], in folder: String) async throws -> Tool.Ended {
        let tool = "/usr/bin/" + arguments[0]
        guard FileManager.default.isExecutableFile(atPath: tool) else { throw Failure.noTool(arguments[0]) }
        let limits = [
            "/usr/bin/prlimit", "--as=\(memory)", "--cpu=\(work)", "--nofile=64", "--", tool,
        ]
        do {
            return try await Tool.run(
                limits + arguments.dropFirst(),
                seconds: patience,
                environment: [
                    "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "2",
                ],
                in: folder,
                mostOutput: 4_096,
                mostWritten: StoredFile.largest
            )
        } catch Tool.Failure.notInstalled(let name) {
            throw Failure.noTool(name)
        } catch Tool.Failure.tooMuchOutput {
            throw Failure.unreadable
        }
    }
}
