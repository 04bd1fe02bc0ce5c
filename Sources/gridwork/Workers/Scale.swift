//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel

/// `gridwork scale`: how many workers some mailboxes have.
struct Scale: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give mailboxes more or fewer workers while they are served.",
        discussion: """
            Running processes follow within a second and share the workers between them; it stays so until something else \
            is said, also when processes start anew. Without a word every process serves a mailbox with one worker.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "How many workers each mailbox has, over all processes: 1 to 64.")
    var workers: Int?

    @Option(help: "How many messages a worker may hold: 1 to 1000; what a process allots by itself when not given.")
    var prefetch: Int?

    @Flag(help: "As if nothing had been said.")
    var reset = false

    func validate() throws {
        _ = try scope.scope()
        guard (workers == nil) == reset, !reset || prefetch == nil else {
            throw ValidationError("Say how many --workers, or --reset.")
        }
        guard workers.map({ MailboxScale.workerRange.contains($0) }) ?? true else {
            throw ValidationError("--workers is from 1 to 64; to serve mailboxes not at all, gridwork pause.")
        }
        guard prefetch.map({ MailboxScale.prefetchRange.contains($0) }) ?? true else {
            throw ValidationError("--prefetch is from 1 to 1000.")
        }
    }

    func execute(_ context: Context) async throws {
        let (workers, prefetch) = (workers, prefetch)
        try await scope.set(.workers(workers, prefetch: prefetch), context) { mailboxes in
            guard let workers else { return "\(mailboxes): one worker." }
            return "\(mailboxes): \(workers) workers" + (prefetch.map { ", \($0) messages each" } ?? "") + "."
        }
    }
}
