//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

extension PostAddress: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension AssignmentID: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension UnitCode: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}

extension AnswerKind: ExpressibleByArgument {}

extension Instant: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(rfc3339: argument)
    }
}

extension Deadline: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(argument)
    }
}
