//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import GridRuntime

@Suite("What a service manager is told", .brokerLimit)
struct ServiceManagerNoticesTests {
    @Test("A process says when it serves its mailboxes, that it is at work, and when it stops", .needsBroker)
    func process() async throws {
        try await Chain.with { chain in
            let manager = try NoticeSocket(in: chain.folder)
            let node = try await chain.startProcess(
                environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"]
            )
            let notices = Mutex<[String]>([])
            func told() -> [String] {
                let news = manager.take()
                return notices.withLock {
                    $0 += news
                    return $0
                }
            }
            try await poll("the manager was told three times that it is at work") {
                told().count { $0 == "WATCHDOG=1" } >= 3
            }
            node.signal(SIGTERM)
            #expect(try await node.end() == 0)
            let all = told()
            #expect(all.first == "READY=1")
            #expect(all.last == "STOPPING=1")
            #expect(Set(all) == ["READY=1", "WATCHDOG=1", "STOPPING=1"])
        }
    }

    @Test("A service's credentials are settings: a file for each, with hyphens for the dots")
    func credentials() async throws {
        try await withTemporaryFolder { folder in
            try "loud\n".write(toFile: folder + "/log-level", atomically: true, encoding: .utf8)
            let result = try await Program.run(
                Program.gridwork,
                ["order", "list", "--state", folder + "/state.sqlite"],
                environment: ["CREDENTIALS_DIRECTORY": folder],
                expecting: 78
            )
            #expect(result.errors.contains("log.level: loud is none of"))
        }
    }

    @Test("A process is said to be at work only while its pulse is fresh")
    func pulse() async throws {
        let readiness = Readiness(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        // Old when it is looked at for the first five times, then fresh.
        let looks = Mutex(0)
        let told = Mutex<[String]>([])
        let notices = ServiceManagerNotices(
            readiness: readiness,
            pulseAge: {
                looks.withLock { looks in
                    looks += 1
                    return looks <= 5 ? .seconds(60) : .zero
                }
            },
            patience: .seconds(60),
            interval: .milliseconds(1)
        ) { notice in
            let text = notice == "WATCHDOG=1" ? "after \(looks.withLock(\.self)) looks" : notice
            told.withLock { $0.append(text) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await notices.run() }
            readiness.becomeReady(mailboxes: 1, at: AMQPAddress())
            try await poll("it is said to be at work") { told.withLock { $0.count >= 2 } }
            group.cancelAll()
        }
        #expect(told.withLock { Array($0.prefix(2)) } == ["READY=1", "after 6 looks"])
    }
}
