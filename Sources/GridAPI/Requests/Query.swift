//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import Hummingbird

/// The query of a request's address. What it does not know it refuses, so that a misspelt filter is not no filter.
struct Query {
    private let values: [String: String]

    init(_ request: Request, allowing names: Set<String>) throws {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            guard names.contains(String(name)) else {
                let known =
                    names.isEmpty ? "there are none here" : "there are \(names.sorted().joined(separator: ", "))"
                throw Problem.badRequest("the query has a parameter that is not known; \(known)")
            }
            guard values.updateValue(String(value), forKey: String(name)) == nil else {
                throw Problem.badRequest("\(name): give it once")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }

    /// A value that `parse` understands; nil when it is not given.
    func value<Value>(_ name: String, _ form: String, _ parse: (String) -> Value?) throws -> Value? {
        guard let text = values[name] else { return nil }
        guard let value = parse(text) else { throw Problem.badRequest("\(name): give \(form)") }
        return value
    }

    /// A value of an enumeration; nil when it is not given.
    func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, _ type: Value.Type) throws -> Value? {
        try value(name, "one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) { Value(rawValue: $0) }
    }

    func number(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        try value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? standard
    }

    func flag(_ name: String) throws -> Bool {
        try value(name, "true or false") { Bool($0) } ?? false
    }

    func post(_ name: String) throws -> PostAddress? {
        try value(name, "a post, role@code") { PostAddress($0) }
    }
}

extension CallerContext {
    /// A part of the path; what does not parse names nothing.
    func path<Value>(_ name: String, _ what: String, _ parse: (String) -> Value?) throws -> Value {
        guard let text = parameters.get(name)?.removingPercentEncoding, let value = parse(text) else {
            throw Problem.notFound("there is no such \(what)")
        }
        return value
    }

    /// The post in the path, which the caller sees.
    func visiblePost() throws -> PostAddress {
        let post = try path("post", "post") { PostAddress($0) }
        guard access.sees(post), access.organization.unit(of: post) != nil else {
            throw Problem.notFound("there is no such post among yours and those below them")
        }
        return post
    }
}
