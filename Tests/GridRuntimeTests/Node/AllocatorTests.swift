//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@Suite("How the program keeps its memory")
struct AllocatorTests {
    @Test("It allocates with jemalloc: two heaps, and what is free goes back within a tenth of a second")
    func allocator() async throws {
        let result = try await Program.run(
            Program.gridwork,
            ["--version"],
            environment: ["MALLOC_CONF": "stats_print:true"]
        )
        for setting in ["opt.narenas: 2", "opt.dirty_decay_ms: 100", "opt.background_thread: true"] {
            #expect(result.errors.contains(setting), "\(setting)")
        }
    }
}
