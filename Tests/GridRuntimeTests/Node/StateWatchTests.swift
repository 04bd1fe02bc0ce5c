//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Logging
import Testing

@testable import GridRuntime
@testable import GridStore

@Suite("The watch of the state file", .brokerLimit)
struct StateWatchTests {
    @Test("What a process committed that died before it could ring is found all the same")
    func silentCommit() async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            let scaleVersion = Threshold()
            let watch = StateWatch(
                store: store,
                outbox: Outbox(owner: ProcessIdentity(simulated: "test:1")),
                timers: Signal(),
                organizationVersion: Threshold(),
                scaleVersion: scaleVersion,
                losses: BrokerLosses(store: store),
                longestRest: .milliseconds(5),
                logger: Logger(label: "test")
            )
            let watching = Task { try await watch.run() }
            try await finally {
                // Past the store's own writing, which rings.
                try await store.pool.write { try $0.execute(sql: "UPDATE node SET scaleVersion = 7") }
                try await poll("it is found", within: .seconds(30)) { scaleVersion.value == 7 }
            } then: {
                watching.cancel()
                _ = await watching.result
                try store.close()
            }
        }
    }
}
