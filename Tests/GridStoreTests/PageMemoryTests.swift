//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CSQLiteMemory
import Testing

@testable import GridStore

@Suite struct PageMemoryTests {
    @Test("SQLite keeps its pages in memory of their own, where they cannot keep the heap apart")
    func pages() async throws {
        try await withStateFile { file in
            try await file.write { _ in }
            var (used, most): (Int64, Int64) = (0, 0)
            #expect(PageMemory.isInUse)
            #expect(sqlite3_status64(SQLITE_STATUS_PAGECACHE_USED, &used, &most, 0) == SQLITE_OK)
            #expect(used > 0)
        }
    }
}
