//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#include "allocator.h"

#include <jemalloc/jemalloc.h>

// Read by jemalloc when the program begins; MALLOC_CONF in the environment goes before it (jemalloc(3), TUNING).
//
// For a process that runs for months on a small machine: two heaps instead of four for each core, and what is free goes back to
// the system within a tenth of a second, by a thread that jemalloc has for it. With two heaps of glibc's a node grew by 42 KiB a
// minute in an hour of orders, with these it did not grow; right after its start it wakes more often than with those. Beside a
// second, a tenth takes a node under orders 2 to 4 MiB less and costs no hops (10,574 and 10,435 a second, medians of seven turns
// each); at once takes hardly less and costs a sixth of them (8,580).
const char *malloc_conf = "narenas:2,dirty_decay_ms:100,muzzy_decay_ms:0,background_thread:true";
