//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork drain`: a process takes no more messages.
struct Drain: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have a process finish what it holds and take no more messages, so that it can be stopped.",
        discussion: """
            Its part of the workers goes to the other processes. Ended by gridwork resume --process, or when the process \
            ends. To have nobody serve a mailbox, gridwork pause.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The process, as gridwork workers shows it, or its number.")
    var process: String

    func execute(_ context: Context) async throws {
        try await Self.set(true, of: process, context)
    }

    struct View: Encodable {
        let process: String
        let isDraining: Bool
        let hasFollowed: Bool
        let seconds: Double
    }

    /// Has a process take no more messages, or take them again, and reports it.
    static func set(_ isDraining: Bool, of process: String, _ context: Context) async throws {
        let found = try await context.withStore { store in
            try await WorkerDesk(store: store, logger: context.logger).setDraining(isDraining, of: process)
        }
        guard let found else {
            throw CommandFailure.notFound("no process \(process) serves mailboxes here; gridwork workers shows them")
        }
        let view = View(
            process: found.name,
            isDraining: isDraining,
            hasFollowed: found.following.followed > 0,
            seconds: found.following.seconds
        )
        try context.output.result(view) { view in
            switch (view.isDraining, view.hasFollowed) {
            case (true, true): ["\(view.process) holds nothing and takes no more messages; it can be stopped."]
            case (true, false): ["\(view.process) takes no more messages, and still holds some; see gridwork workers."]
            case (false, true): ["\(view.process) takes messages again."]
            case (false, false): ["\(view.process) is to take messages again, and does not answer yet."]
            }
        }
    }
}
