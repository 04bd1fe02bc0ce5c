//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// A body whose JSON is a flat object: those of commands and reports, which are nearly all of the mail.
protocol FlatBody: Codable, Sendable {
    /// Reads the body.
    ///
    /// - Throws: `NotFlat` where it does not fit; Foundation is then asked, which says why.
    init(flat object: FlatObject) throws(NotFlat)

    /// Adds the body's members.
    func add(to object: inout FlatObject)
}

/// A body that a flat object does not hold.
struct NotFlat: Error {}

extension FlatObject {
    /// A member as a value of the model; nil where it is absent or null.
    func value<Value>(_ name: String, _ make: (String) -> Value?) throws(NotFlat) -> Value? {
        switch self[name] {
        case nil, .null: return nil
        case .text(let text):
            guard let value = make(text) else { throw NotFlat() }
            return value
        case .number: throw NotFlat()
        }
    }

    /// A member that has to be there.
    func required<Value>(_ name: String, _ make: (String) -> Value?) throws(NotFlat) -> Value {
        guard let value = try value(name, make) else { throw NotFlat() }
        return value
    }

    /// A text; nil where it is absent or null.
    func text(_ name: String) throws(NotFlat) -> String? {
        try value(name) { $0 }
    }

    /// A number that has to be there.
    func number(_ name: String) throws(NotFlat) -> Int {
        guard case .number(let number) = self[name] else { throw NotFlat() }
        return number
    }

    /// Adds a text; nil adds none.
    mutating func add(_ name: String, text: String?) {
        add(name, text.map(Value.text))
    }
}

extension AddressedBody where Body: FlatBody {
    /// Reads the body and the assignment it is about.
    init(flat object: FlatObject) throws(NotFlat) {
        self.init(assignment: try object.value("assignment", AssignmentID.init), body: try Body(flat: object))
    }

    /// The body as a flat object.
    var flat: FlatObject {
        var object = FlatObject()
        object.add("assignment", text: assignment?.text)
        body.add(to: &object)
        return object
    }
}

extension ActionBody: FlatBody {
    init(flat object: FlatObject) throws(NotFlat) {
        self.init(
            note: try object.text("note"),
            answer: try object.value("answer", AnswerKind.init(rawValue:)),
            dueAt: try object.value("dueAt", Instant.init(rfc3339:)),
            post: try object.value("post", PostAddress.init)
        )
    }

    func add(to object: inout FlatObject) {
        object.add("note", text: note)
        object.add("answer", text: answer?.rawValue)
        object.add("dueAt", text: dueAt?.description)
        object.add("post", text: post?.text)
    }
}

extension ReportBody: FlatBody {
    init(flat object: FlatObject) throws(NotFlat) {
        self.init(
            state: try object.required("state", AssignmentState.init(rawValue:)),
            revision: try object.number("revision"),
            note: try object.text("note")
        )
    }

    func add(to object: inout FlatObject) {
        object.add("state", text: state.rawValue)
        object.add("revision", .number(revision))
        object.add("note", text: note)
    }
}

extension ReplyBody: FlatBody {
    init(flat object: FlatObject) throws(NotFlat) {
        self.init(revision: try object.number("revision"), note: try object.text("note"))
    }

    func add(to object: inout FlatObject) {
        object.add("revision", .number(revision))
        object.add("note", text: note)
    }
}
