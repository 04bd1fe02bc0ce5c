//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Messages that could not be handled or delivered: list, show, replay, discard.",
        subcommands: [DeadList.self, DeadShow.self, DeadReplay.self, DeadDiscard.self]
    )
}

/// A dead letter as the commands print it.
struct DeadLetterView: Encodable {
    let key: String
    let queue: String
    let problem: DeadLetterProblem
    let at: Instant?
    let origin: String?
    let exchange: String
    let routingKey: String
    let messageID: String
    let type: String
    let size: Int
    var headers: [String: String]?
    /// The body as text; bytes that are no UTF-8 show as U+FFFD.
    var body: String?

    init(_ letter: DeadLetter, whole: Bool = false) {
        key = letter.key
        queue = letter.queue
        problem = letter.problem
        at = letter.at
        origin = letter.origin
        exchange = letter.message.exchange
        routingKey = letter.message.routingKey
        messageID = letter.message.messageID
        type = letter.message.type
        size = letter.message.body.count
        if whole {
            headers = letter.message.headers
            body = String(decoding: letter.message.body, as: UTF8.self)
        }
    }
}

extension DeadLetterDesk.Result {
    /// Turns what did not work into a failure.
    func check(_ key: String) throws {
        switch self {
        case .done: return
        case .notFound: throw CommandFailure.notFound("there is no dead letter \(key); gridwork dead list shows them")
        case .failed(let why):
            throw CommandFailure(
                failure: Failure(
                    "not-replayed",
                    "Not replayed",
                    "the broker did not take it: \(why)",
                    exit: Failure.Exit.unavailable
                )
            )
        }
    }
}
