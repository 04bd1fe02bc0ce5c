//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork push queue`.
struct PushQueue: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Show what is to be told, what was told in the last seven days, and what was given up.",
        discussion: "What was given up is remembered for thirty days."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only those that are waiting, sending, sent or givenUp.")
    var state: Push.State?

    @Option(help: "How many at most, the newest first.")
    var limit = 100

    private struct Line: Encodable {
        let number: Int64
        let channel: Int64
        let post: PostAddress
        let kind: PushKind
        let assignment: AssignmentID
        let isUrgent: Bool
        let at: Instant
        let notBefore: Instant
        let state: Push.State
        let attempts: Int
        let error: String?
        let settledAt: Instant?

        init(_ push: Push) {
            number = push.n
            channel = push.channel
            post = push.notice.post
            kind = push.notice.kind
            assignment = push.notice.assignment
            isUrgent = push.notice.isUrgent
            at = push.at
            notBefore = push.notBefore
            state = push.state
            attempts = push.attempts
            error = push.error
            settledAt = push.settledAt
        }
    }

    func execute(_ context: Context) async throws {
        guard (1...100_000).contains(limit) else { throw CommandFailure.usage("--limit takes 1 to 100000") }
        let (state, limit) = (state, limit)
        let pushes = try await context.withStore { store in
            try await store.read { try $0.pushes(state, limit: limit) }
        }
        try context.output.result(pushes.map(Line.init)) { lines in
            guard !lines.isEmpty else { return ["Nothing."] }
            var table = Table(["CHANNEL", "WHAT", "ASSIGNMENT", "SINCE", "STATE", "ATTEMPTS", "LAST ERROR"])
            for line in lines {
                let state =
                    line.state == .waiting ? "waiting until \(line.notBefore.local)" : line.state.rawValue
                table.add([
                    "\(line.channel)", line.kind.rawValue + (line.isUrgent ? ", urgent" : ""), line.assignment.text,
                    line.at.local, state, "\(line.attempts)", line.error ?? "-",
                ])
            }
            return table.lines
        }
    }
}

extension Push.State: ExpressibleByArgument {}
