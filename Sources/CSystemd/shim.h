//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CSYSTEMD_SHIM_H
#define GRIDWORK_CSYSTEMD_SHIM_H

#include <systemd/sd-daemon.h>

#endif
