//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CQRENCODE_SHIM_H
#define GRIDWORK_CQRENCODE_SHIM_H

#include <qrencode.h>

#endif
