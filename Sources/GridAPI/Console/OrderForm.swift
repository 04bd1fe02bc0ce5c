//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import HTTPTypes
import Hummingbird

/// The fields of the form that issues an order. None of them is believed.
struct OrderForm: Decodable, Sendable {
    var csrf: String?
    var key: String?
    var actor: String?
    var title: String?
    var body: String?
    var module: String?
    var priority: String?
    var scope: [String]?
    var to: String?
    var mode: String?
    var signOff: [String]?
    var rollUp: String?
    var acceptBy: String?
    var acceptByTime: String?
    var dueAt: String?
    var dueAtTime: String?

    /// A form that nothing was written in.
    init() {}

    /// Reads the form of somebody who is signed in, and checks that it is from a page of ours.
    static func read(_ visit: PageVisit) async throws -> OrderForm {
        let form = try await PageForm.decode(OrderForm.self, visit.request, upTo: Body.largestOrder)
        try PageForm.check(form.csrf, visit)
        return form
    }

    /// What cannot be an order, by the fields that have to be looked at again.
    struct Wrong: Error {
        let fields: Set<OrderField>
    }

    /// The order that the form asks for. Whether it may be issued, the rules say.
    ///
    /// - Parameter zone: By whose clocks the days and times were chosen.
    /// - Throws: `Wrong` for what is not even one.
    func draft(in zone: OfficeZone) throws(Wrong) -> OrderDraft {
        var wrong: Set<OrderField> = []
        let module = module.flatMap { AffairsModule(rawValue: $0) }
        if module == nil { wrong.insert(.module) }
        func deadline(_ day: String?, _ clock: String?, _ field: OrderField) -> Deadline? {
            // A time without its day is a slip of hers, and no deadline.
            guard let day, !(day.isEmpty && (clock ?? "").isEmpty) else { return nil }
            guard let end = OfficeTime.end(ofDay: day, at: clock, in: zone) else {
                wrong.insert(field)
                return nil
            }
            return .at(end)
        }
        let acceptBy = deadline(acceptBy, acceptByTime, .acceptBy)
        let dueAt = deadline(dueAt, dueAtTime, .dueAt)
        guard wrong.isEmpty, let module else { throw Wrong(fields: wrong) }
        return OrderDraft(
            title: (title ?? "").trimmingCharacters(in: .whitespacesAndNewlines),
            // Forms send line ends as CR LF.
            body: (body ?? "").replacingOccurrences(of: "\r\n", with: "\n")
                .trimmingCharacters(in: .whitespacesAndNewlines),
            module: module,
            priority: priority.flatMap { Priority(rawValue: $0) } ?? .normal,
            scope: scope ?? [],
            cascade: Cascade(to: to ?? "", mode: mode.flatMap { CascadeMode(rawValue: $0) } ?? .automatic),
            signOff: signOff ?? [],
            rollUp: rollUp.flatMap { RollUp(rawValue: $0) } ?? .automatic,
            acceptBy: acceptBy,
            dueAt: dueAt
        )
    }

    /// The order as bytes that are the same whenever the form is sent again.
    static func bytes(of draft: OrderDraft) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(draft))
    }

    /// What the API takes from a request's header.
    var terms: HTTPFields {
        var headers = HTTPFields()
        if let key { headers[.idempotencyKey] = key }
        return headers
    }
}

/// A field of the form, as people name it.
enum OrderField: String, CaseIterable, Sendable {
    case title, body, module, scope, cascade, signOff, acceptBy, dueAt

    /// The fields that a refusal speaks of: each of its problems begins with a place in the draft, `scope/0: …`.
    static func named(in detail: String) -> Set<OrderField> {
        Set(
            detail.components(separatedBy: "; ").flatMap { problem in
                problem.prefix { $0 != ":" }.split(separator: ",").compactMap { place in
                    let name = place.drop { $0 == " " }.prefix { $0 != "/" && $0 != "." }
                    return OrderField(rawValue: String(name))
                }
            }
        )
    }
}
