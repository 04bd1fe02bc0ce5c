//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CAllocator

/// How glibc keeps freed memory, for a process that runs for months.
enum Heaps {
    /// Two heaps at most, and large blocks always given back to the system (mallopt(3)).
    ///
    /// By default a heap belongs to each thread, up to eight for each core, and stays as large as it ever was: a node
    /// that used 25 MB held 118. Setting the size from which a block is large to its default also stops glibc from
    /// raising it, up to 32 MiB, each time such a block is freed. `MALLOC_ARENA_MAX` in the environment is overridden.
    static func limit() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, 128 * 1_024)
    }
}
