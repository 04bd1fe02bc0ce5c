//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CALLOCATOR_SHIM_H
#define GRIDWORK_CALLOCATOR_SHIM_H

// Swift's Glibc module leaves malloc.h out.
#include <malloc.h>

#endif
