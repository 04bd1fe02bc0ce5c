//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// A message's body as it stands in JSON: the fields of `Body` and the assignment they are about, in one object.
struct AddressedBody<Body: Codable & Sendable>: Codable, Sendable {
    var assignment: AssignmentID?
    var body: Body

    private enum CodingKeys: String, CodingKey {
        case assignment
    }

    init(assignment: AssignmentID?, body: Body) {
        self.assignment = assignment
        self.body = body
    }

    init(from decoder: any Decoder) throws {
        assignment = try decoder.container(keyedBy: CodingKeys.self)
            .decodeIfPresent(AssignmentID.self, forKey: .assignment)
        body = try Body(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(assignment, forKey: .assignment)
        try body.encode(to: encoder)
    }
}
