//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CALLOCATOR_H
#define GRIDWORK_CALLOCATOR_H

// Nothing is called: a program that has this target in it allocates with jemalloc. See allocator.c.

#endif
