//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridPages
import GridPush
import GridRuntime
import GridStore

/// `gridwork push add`.
struct PushAdd: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Tell a person, or whoever holds a post, what reaches her posts.",
        discussion: """
            A message names what happened, the case number and its deadline, and links to the page; the order's title only \
            with --with-title. What was issued as urgent comes at once and at any hour.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "wecom (a group robot's address), webhook (an address) or sms (a telephone number).")
    var kind: PushChannel.Kind

    @Argument(help: "Where to; - reads it from standard input, where nobody sees it who lists processes.")
    var address: String

    @Option(help: "The person who is told, of all posts that she holds or stands in for.")
    var person: String?

    @Option(help: "The post whose holder is told, role@code.")
    var post: PostAddress?

    @Option(help: "When only what is urgent is told, by the office's clocks: 22:00-07:00.")
    var quiet: String?

    @Option(help: "Gather what happens in so many minutes of the day's clock into one message, 1 to 1440.")
    var digest: Int?

    @Option(help: "The language, zh or en.")
    var language = Language.zh.rawValue

    @Flag(help: "Tell the order's title, too: what somebody wrote then leaves the node.")
    var withTitle = false

    private struct Result: Encodable {
        let channel: PushChannelView
        /// What a webhook's receiver checks signatures with; told this once.
        let secret: String?
    }

    func validate() throws {
        guard (person == nil) != (post == nil) else { throw ValidationError("Name a --person or a --post.") }
        if let digest, !(1...PushTiming.digestRange.upperBound).contains(digest) {
            throw ValidationError("--digest takes 1 to \(PushTiming.digestRange.upperBound) minutes.")
        }
        if let quiet, QuietHours(quiet) == nil { throw ValidationError("--quiet takes two times, 22:00-07:00.") }
        guard Language(rawValue: language) != nil else { throw ValidationError("--language takes zh or en.") }
    }

    func execute(_ context: Context) async throws {
        var address = address
        if address == "-" {
            address = String(decoding: try InputFile.read("-"), as: UTF8.self).filter { !$0.isWhitespace }
        }
        if let problem = PushAddress.problem(with: address, of: kind) { throw CommandFailure.usage(problem) }
        if kind == .sms, try context.settings.smsGateway() == nil {
            throw CommandFailure.usage("set push.smsGateway to the file that says how short messages are sent")
        }
        let secret = kind == .webhook ? WebhookSignature.makeSecret() : []
        let now = WallClock.system.now
        let (kind, language, hasTitle, whereTo) = (kind, language, withTitle, address)
        let timing = PushTiming(quiet: quiet.flatMap { QuietHours($0) }, digestMinutes: digest ?? 0)
        let (person, post) = (person, post)
        let channel = try await context.withStore { store in
            if let post { try PersonCommand.check([post], in: try await context.organization(of: store)) }
            return try await store.write { store in
                let owner: PushChannel.Owner? =
                    try person.map { .person(try PersonCommand.find($0, in: store).n, name: $0) }
                    ?? post.map { .post($0) }
                guard let owner else { throw CommandFailure.usage("name a --person or a --post") }
                let channel = PushChannel(
                    n: 0,
                    owner: owner,
                    kind: kind,
                    address: whereTo,
                    secret: secret,
                    language: language,
                    hasTitle: hasTitle,
                    timing: timing,
                    createdAt: now
                )
                return try PushCommand.find(try store.addPushChannel(channel), in: store)
            }
        }
        let result = Result(
            channel: PushChannelView(channel, at: now),
            secret: secret.isEmpty ? nil : WebhookSignature.text(ofSecret: secret)
        )
        try context.output.result(result) { result in
            let added = "Added channel \(result.channel.number) for \(result.channel.owner)."
            let told = result.secret.map { ["Its messages are signed with \($0)"] } ?? []
            return [added] + told + ["gridwork push test \(result.channel.number)"]
        }
    }
}

extension PushChannel.Kind: ExpressibleByArgument {}
