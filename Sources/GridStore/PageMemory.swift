//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CSQLiteMemory
import Glibc

/// Memory that SQLite keeps the pages of all connections in, apart from the heap.
///
/// Pages stay for as long as the process and are filled in between messages that come and go, so on the heap they keep
/// apart what is free: a node that used 35 MB of it held 62, and grew by 187 KiB a minute. Here they have a place of their
/// own.
enum PageMemory {
    /// The size of a page of a state file in bytes, SQLite's default.
    static let pageSize = 4_096
    /// How many KiB of pages the connection keeps that writes; twice as many did not make hops quicker.
    static let writerKiB = 2_048
    /// How many KiB of pages a connection keeps that reads: a quarter of SQLite's default, since there are four of them, and what
    /// they do not keep the system does.
    static let readerKiB = 500
    /// How many KiB of pages the connection keeps that copies the log: it needs only those of the schema, since what it copies
    /// goes past them.
    static let checkpointerKiB = 64
    /// How many pages there is room for: those of a writer, of four readers and of the checkpointer are 1,028. Further ones, of
    /// a large transaction for instance, are on the heap. SQLite writes into each when it is given them, so that all of it is
    /// resident from the start, used or not.
    static let pages = 1_056

    /// Whether the memory is in use. Asking sets it up, once; in a process that has used SQLite before it comes too late,
    /// and its pages are on the heap.
    static let isInUse: Bool = {
        var header: Int32 = 0
        guard gridwork_sqlite_page_header(&header) == SQLITE_OK else { return false }
        // In steps of eight bytes, as SQLite asks for.
        let slot = (pageSize + Int(header) + 7) & ~7
        guard let memory = mmap(nil, slot * pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { return false }
        guard gridwork_sqlite_page_memory(memory, Int32(slot), Int32(pages)) == SQLITE_OK else {
            munmap(memory, slot * pages)
            return false
        }
        return true
    }()
}
