//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CSQLITEMEMORY_SHIM_H
#define GRIDWORK_CSQLITEMEMORY_SHIM_H

#include <sqlite3.h>

// sqlite3_config takes any number of arguments, and Swift calls no such function.

// How many bytes SQLite keeps with each page.
static inline int gridwork_sqlite_page_header(int *bytes) {
    return sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, bytes);
}

// Has all connections take pages from `memory`, as long as it has slots of `slot` bytes left, before the heap.
static inline int gridwork_sqlite_page_memory(void *memory, int slot, int count) {
    return sqlite3_config(SQLITE_CONFIG_PAGECACHE, memory, slot, count);
}

#endif
