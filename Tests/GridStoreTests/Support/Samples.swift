//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel
@testable import GridStore

func code(_ digits: String) -> UnitCode {
    guard let code = UnitCode(digits) else { preconditionFailure("not a code: \(digits)") }
    return code
}

func post(_ text: String) -> PostAddress {
    guard let post = PostAddress(text) else { preconditionFailure("not a post: \(text)") }
    return post
}

func assignmentID(_ text: String) -> AssignmentID {
    guard let id = AssignmentID(text) else { preconditionFailure("not an assignment: \(text)") }
    return id
}

func messageID(_ text: String) -> MessageID {
    guard let id = MessageID(text) else { preconditionFailure("not a message: \(text)") }
    return id
}

func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

let street = post("street-office@310105002")
let leader = post("cell-leader@310105002015001")
let liaison = post("liaison@31010500201500101001")

extension WorkOrder {
    /// An order; `number` tells the day's orders apart.
    static func sample(_ number: Int = 7, title: String = "Check the fire exits", issuedAt: Instant = at(1_000)) -> Self
    {
        WorkOrder(
            id: AssignmentID.sample(number).order,
            issuedBy: street,
            issuedAt: issuedAt,
            title: title,
            body: "Every stairwell, before the \"holidays\".\n火灾隐患排查。",
            module: .publicSafety,
            priority: .urgent,
            scope: [code("310105002015"), code("310105002015001")],
            cascade: Cascade(to: "liaison", mode: .onAcceptance),
            signOff: ["cell-leader"],
            rollUp: .byHolder,
            acceptBy: at(5_000),
            dueAt: nil
        )
    }
}

extension AssignmentID {
    /// The root assignment of the day's `number`-th order, or one below it.
    static func sample(_ number: Int = 7, _ legs: Int...) -> Self {
        let digits = String(number)
        let root = assignmentID(
            "310105002-20261123-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        )
        return legs.reduce(root) { $0.leg($1) }
    }
}

extension Assignment {
    static func sample(
        _ id: AssignmentID = .sample(),
        post: PostAddress = leader,
        state: AssignmentState = .issued,
        dueAt: Instant? = nil,
        updatedAt: Instant = at(1_000)
    ) -> Self {
        var assignment = Assignment(
            id: id,
            post: post,
            issuer: id.isRoot ? nil : street,
            area: post.code,
            state: state,
            dueAt: dueAt,
            issuedAt: at(1_000),
            updatedAt: updatedAt
        )
        assignment.waitingOn = assignment.holdingUp
        return assignment
    }
}

extension StoredMessage {
    static func sample(_ id: String = "m1", routingKey: String = "cell.310105002015001.cell-leader.x.issued") -> Self {
        StoredMessage(
            exchange: "gridwork",
            routingKey: routingKey,
            messageID: id,
            headers: ["ce-id": id, "ce-source": "a \"quoted\"\\ name\u{1}\n网格"],
            type: "gridwork.assignment.issued.v1",
            correlationID: "310105002-20261123-0007",
            body: Array("{\"a\":1}\0\u{7f}".utf8)
        )
    }
}

extension Decision {
    init(_ change: (inout Decision) -> Void) {
        self.init()
        change(&self)
    }
}

/// A generator whose values are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func maybe<T>(_ value: (inout Self) -> T) -> T? {
        Bool.random(using: &self) ? value(&self) : nil
    }

    mutating func element<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &self)] }

    mutating func int() -> Int { Int.random(in: 0...1_000_000, using: &self) }

    mutating func instant() -> Instant { at(Int64.random(in: -10_000...4_000_000_000_000, using: &self)) }

    mutating func post() -> PostAddress { element([street, leader, liaison]) }

    mutating func text() -> String { element(["", "done", "漏水 'quoted' \"twice\"", "line\nbreak 🚒"]) }
}
