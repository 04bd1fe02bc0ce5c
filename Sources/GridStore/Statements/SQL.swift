//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The text of a statement that every message runs, made once for the process.
///
/// A transaction finds its prepared form by the object instead of by hashing a few hundred characters each time.
final class SQL: Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

/// Whatever names a statement: its text, or a text that is kept.
protocol StatementText {
    /// The statement, compiled once per connection.
    func prepared(by statements: PreparedStatements) throws -> PreparedStatement
}

extension String: StatementText {
    func prepared(by statements: PreparedStatements) throws -> PreparedStatement {
        try statements.statement(self)
    }
}

extension SQL: StatementText {
    func prepared(by statements: PreparedStatements) throws -> PreparedStatement {
        try statements.statement(self)
    }
}
