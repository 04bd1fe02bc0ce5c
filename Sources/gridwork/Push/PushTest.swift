//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork push test`.
struct PushTest: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a trial message over a channel, and say what became of it.",
        discussion: "The node sends it, quiet hours or not; exits 1 unless it was taken."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The channel's number, which gridwork push list shows.")
    var number: Int64

    @Option(help: "For how many seconds to wait for the node.")
    var seconds = 15

    private struct Result: Encodable {
        let number: Int64
        let state: Push.State
        let error: String?
    }

    func execute(_ context: Context) async throws {
        guard (1...600).contains(seconds) else { throw CommandFailure.usage("--seconds takes 1 to 600") }
        let (number, limit) = (number, seconds)
        let push = try await context.withStore { store in
            let organization = try await context.organization(of: store)
            let changes = try store.changes()
            let now = WallClock.system.now
            try await store.write { store in
                let channel = try PushCommand.find(number, in: store)
                guard let draft = try PushDraft(trialOf: channel, in: organization, at: now, store) else {
                    throw CommandFailure.usage("the post of channel \(number) has no mailbox in the organization")
                }
                _ = try store.queuePushes([draft])
            }
            let trial: @Sendable () async throws -> Push? = {
                try await store.read { try $0.pushes(limit: 1_000) }
                    .first { $0.channel == number && $0.notice.kind == .trial && $0.at == now }
            }
            return try await withThrowingTaskGroup(of: Push?.self) { group in
                group.addTask {
                    for await _ in changes {
                        if let push = try await trial(), push.attempts > 0, push.state != .sending { return push }
                    }
                    return try await trial()
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(limit))
                    return try await trial()
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        guard let push else { throw CommandFailure.notFound("channel \(number) was removed meanwhile") }
        try context.output.result(Result(number: number, state: push.state, error: push.error)) { result in
            switch (result.state, result.error) {
            case (.sent, _): ["Channel \(result.number) took it."]
            case (.waiting, nil), (.sending, _):
                [
                    "It was not sent within \(limit) s; does gridwork up run? gridwork push queue shows what becomes of it."
                ]
            case (_, let error):
                ["Channel \(result.number) did not take it: \(error ?? "unknown"). gridwork push queue shows the rest."]
            }
        }
        if push.state != .sent { throw ExitCode(Failure.Exit.refused) }
    }
}

extension PushDraft {
    /// A trial over a channel; nil when its post has no mailbox.
    fileprivate init?(
        trialOf channel: PushChannel,
        in organization: Organization,
        at now: Instant,
        _ store: some StoreQueries
    ) throws {
        let post: PostAddress?
        switch channel.owner {
        case .post(let address): post = address
        case .person(_, let name): post = try store.person(named: name)?.posts.first ?? organization.top?.post
        }
        guard let post, let mailbox = organization.mailbox(of: post) else { return nil }
        let day = CalendarDay(of: now, offsetMinutes: CalendarDay.chinaOffsetMinutes)
        self.init(
            channel: channel.n,
            // Lines of history have numbers above 0.
            line: -now.milliseconds,
            notice: PushNotice(
                post: post,
                kind: .trial,
                // No order of a day has the number 0.
                assignment: AssignmentID(rootOf: OrderID(issuer: post.code, day: day, number: 0)),
                isUrgent: true,
                dueAt: nil
            ),
            mailbox: mailbox.name,
            at: now,
            notBefore: now
        )
    }
}
