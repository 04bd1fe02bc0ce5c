//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridStore
import Synchronization

/// `gridwork dead replay`.
struct DeadReplay: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send dead letters to their original mailboxes, their identifiers kept.",
        discussion: "Names one letter, or picks some by reason, mailbox and age; --all picks every one."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The letter's key.")
    var key: String?

    @OptionGroup var filter: DeadFilterOptions

    @Flag(help: "Replay every letter.")
    var all = false

    @Option(help: "At most so many letters a second.")
    var rate: Int?

    @Flag(help: "Say what would be replayed, and replay nothing.")
    var dryRun = false

    private struct Report: Encodable {
        var dryRun: Bool
        var replayed: [String] = []
        var failed: [String] = []
    }

    func validate() throws {
        guard [key != nil, !filter.isEmpty, all].count(where: \.self) == 1 else {
            throw ValidationError("Name a letter, or pick some by --reason, --mailbox and age, or --all.")
        }
        guard key == nil || (rate == nil && !dryRun) else {
            throw ValidationError("--rate and --dry-run are for letters that are picked, not for one that is named.")
        }
        guard rate.map({ (1...10_000).contains($0) }) ?? true else {
            throw ValidationError("--rate takes 1 to 10000 letters a second.")
        }
    }

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        if let key {
            try await desk.replay(key).check(key)
            return try context.output.result(Report(dryRun: false, replayed: [key])) { _ in ["Replayed \(key)."] }
        }
        let report = Mutex(Report(dryRun: dryRun))
        let (output, verb) = (context.output, dryRun ? "Would replay" : "Replayed")
        try await desk.replay(filter.filter, rate: rate, isRehearsal: dryRun) { letter, result in
            guard case .failed(let why) = result else {
                report.withLock { $0.replayed.append(letter.key) }
                if !output.json {
                    output.line("\(verb) \(letter.key), \(letter.problem.kind), to \(letter.message.routingKey)")
                }
                return
            }
            report.withLock { $0.failed.append(letter.key) }
            if !output.json { output.line("Not replayed: \(letter.key): \(why)") }
        }
        let result = report.withLock(\.self)
        try output.result(result) { ["\(verb) \($0.replayed.count) dead letters."] }
        if !result.failed.isEmpty {
            throw CommandFailure(
                failure: Failure(
                    "not-replayed",
                    "Not replayed",
                    "the broker did not take \(result.failed.count) letters; they are still among the dead",
                    exit: Failure.Exit.unavailable
                )
            )
        }
    }
}
