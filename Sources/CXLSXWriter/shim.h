//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CXLSXWRITER_SHIM_H
#define GRIDWORK_CXLSXWRITER_SHIM_H

#include <xlsxwriter.h>

#endif
