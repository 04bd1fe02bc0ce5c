//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import Logging
import ServiceLifecycle
import Testing

@testable import GridRuntime

/// What a node removes from the folder of attached files.
@Suite("The keeper of attached files", .brokerLimit)
struct FileKeeperTests {
    @Test("Removes what nobody attached when it starts, and ends when it is told to")
    func starts() async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            let draft = try store.files.draft()
            try Array("orphan".utf8).withUnsafeBytes { try draft.append($0) }
            let (hash, _) = try store.files.keep(draft.path)
            let nextWeek = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000) + 7 * 86_400_000)
            let keeper = FileKeeper(store: store, clock: WallClock { nextWeek }, logger: Logger(label: "test"))
            let group = ServiceGroup(configuration: .init(services: [keeper], logger: Logger(label: "test")))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await poll("it is removed", within: .seconds(30)) { !store.files.contains(hash) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            try store.close()
        }
    }
}
