//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Reads JSON objects that people's programs write, with errors that quote nothing of them.
package enum JSONBody {
    /// Reads an object whose members all are in `members`, so that its sender hears of a misspelt one.
    ///
    /// - Throws: `BadMessage`, saying what does not fit and where.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        members: Set<String>,
        from bytes: [UInt8]
    ) throws(BadMessage) -> Value {
        let coder = BodyCoder()
        try BodyCoder.check(coder.memberNames(of: bytes), allowed: members)
        return try coder.decode(type, from: bytes)
    }
}
