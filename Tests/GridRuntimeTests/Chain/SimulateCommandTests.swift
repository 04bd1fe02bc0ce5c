//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import Testing

@Suite("gridwork simulate", .brokerLimit)
struct SimulateCommandTests {
    @Test("Interrupted, it tells how far it came and leaves no files", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            let files = folder + "/files"
            try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: false)
            func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: files).count }
            let running = try RunningProgram(
                Program.gridwork,
                ["simulate", "--seeds", "1..10000000"],
                environment: ["TMPDIR": files],
                folder: folder
            )
            try await poll("it has its folder", within: .seconds(60)) { try count() == 1 }
            running.signal(signal)
            #expect(try await running.end() == 128 + signal)
            #expect(try running.output().contains("seeds of 1..10000000, 0 failed"))
            #expect(try count() == 0)
        }
    }

    @Test("Two processes write the same to the byte, but for the time they took")
    func twice() async throws {
        let arguments = ["simulate", "--seeds", "101..110", "--trace"]
        async let first = Program.run(Program.gridwork, arguments)
        async let second = Program.run(Program.gridwork, arguments)
        let outputs = try await [first, second].map { $0.output.split(separator: "\n") }
        #expect(outputs[0].count > 1_000)
        #expect(outputs[0].dropLast() == outputs[1].dropLast())
        let digests = outputs.map { $0.last?.split(separator: " ").last }
        #expect(digests[0] == digests[1])
        #expect(outputs.allSatisfy { $0.last?.contains("0 failed") ?? false })
    }
}
