//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridRuntime
import Synchronization
import Testing

@testable import GridAPI

@Suite("Tools of other projects")
struct ToolTests {
    /// How many tools run, and how many ran at once.
    private final class Running: Sendable {
        let count = Mutex((now: 0, most: 0))
    }

    @Test("A tool runs however many files are open, and whatever it is asked at the same time")
    func manyFiles() async throws {
        // Shells often allow 1,024, and as many more as are asked for.
        var limit = rlimit()
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 10_000))
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        let files = (0..<3_000).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        defer { for file in files where file >= 0 { close(file) } }
        try #require(files.allSatisfy { $0 >= 0 }, "fewer files may be open than this takes: error \(errno)")
        try await withThrowingTaskGroup(of: Tool.Ended.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await Tool.run(["/usr/bin/ls", "/proc/self/fd"], seconds: 20, mostOutput: 1_000)
                }
            }
            for try await ended in group {
                #expect(ended.status == 0)
                // Its own three, and the one through which it looks; none of this process.
                #expect(String(decoding: ended.output, as: UTF8.self) == "0\n1\n2\n3\n")
            }
        }
    }

    @Test("A tool is told nothing of this process's environment")
    func environment() async throws {
        let ended = try await Tool.run(
            ["/usr/bin/env"],
            seconds: 20,
            environment: ["LC_ALL": "C", "A": "b"],
            mostOutput: 1_000
        )
        let lines = Set(String(decoding: ended.output, as: UTF8.self).split(separator: "\n"))
        #expect(lines == ["PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent", "A=b"])
    }

    @Test("What a tool prints comes to the last byte, and no more of it than was asked for")
    func output() async throws {
        let script = "import sys; sys.stdout.write('x' * 1000000)"
        let python = ["/usr/bin/python3", "-c", script]
        #expect(try await Tool.run(python, seconds: 20, mostOutput: 1_000_000).output.count == 1_000_000)
        await #expect(throws: Tool.Failure.tooMuchOutput(limit: 999_999)) {
            try await Tool.run(python, seconds: 20, mostOutput: 999_999)
        }
    }

    @Test("A tool that takes too long is killed, one that does not end when asked too")
    func tooLong() async throws {
        let stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
        let ended = try await Tool.run(["/usr/bin/python3", "-c", stubborn], seconds: 1, mostOutput: 10)
        #expect(ended.status == 128 + SIGKILL)
    }

    @Test("A tool that nobody waits for any more is ended")
    func cancelled() async throws {
        let path = "/tmp/gridwork-tool-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        // It holds the end of the pipe for writing, which says when it is there and when it is gone.
        let script = "import sys, time; f = open(sys.argv[1], 'w'); f.write('x'); f.flush(); time.sleep(60)"
        let tool = Task { try await Tool.run(["/usr/bin/python3", "-c", script, path], seconds: 50, mostOutput: 10) }
        let reading = await Task.detached { open(path, O_RDONLY) }.value
        defer { close(reading) }
        var byte: UInt8 = 0
        #expect(read(reading, &byte, 1) == 1)
        tool.cancel()
        await #expect(throws: CancellationError.self) { try await tool.value }
        #expect(read(reading, &byte, 1) == 0)
    }

    @Test("What is not installed is named")
    func missing() async throws {
        await #expect(throws: Tool.Failure.notInstalled("nonesuch")) {
            try await Tool.run(["/usr/bin/nonesuch"], seconds: 1, mostOutput: 10)
        }
    }

    @Test("Only so many tools run at once, and whoever would wait behind too many is turned away")
    func lanes() async throws {
        let (lanes, gate) = (ToolLanes(count: 2, waiting: 3), Threshold())
        let running = Running()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do {
                        return try await lanes.run {
                            running.count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            await gate.wait(above: 0)
                            running.count.withLock { $0.now -= 1 }
                            return true
                        }
                    } catch is WorkLanes.Busy {
                        return false
                    }
                }
            }
            // Three of eight are turned away before any of the others may end.
            for _ in 0..<3 { #expect(try await group.next() == false) }
            gate.raise(to: 1)
            var served = 0
            for try await isServed in group { served += isServed ? 1 : 0 }
            #expect(served == 5)
        }
        #expect(running.count.withLock(\.most) == 2)
    }

    @Test("Whoever stops waiting for a lane leaves it to the next")
    func leavesQueue() async throws {
        let (lanes, begun, gate) = (ToolLanes(count: 1, waiting: 2), Threshold(), Threshold())
        let first = Task {
            try await lanes.run {
                begun.raise(to: 1)
                await gate.wait(above: 0)
            }
        }
        await begun.wait(above: 0)
        let second = Task { try await lanes.run { Issue.record("it was cancelled while it waited") } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        let third = Task { try await lanes.run { true } }
        gate.raise(to: 1)
        try await first.value
        #expect(try await third.value)
    }
}
