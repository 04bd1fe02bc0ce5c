//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore
import GridTerminal
import Logging
import UnixSignals

/// `gridwork top`: a node as it is now, on a terminal.
struct Top: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch mailboxes, workers, rates, backlog, lights, dead letters and the outbox on a terminal.",
        discussion: """
            The state file is looked at every second and the broker every three, over one connection. Press ? for the keys. \
            Where there is no terminal, or TERM is dumb, one snapshot is printed. NO_COLOR turns colors off.
            """
    )

    /// How often the picture is drawn anew.
    private static let pace = Duration.seconds(1)
    /// A look at the state file rests this many times as long as it took.
    private static let restShare = 10
    /// How long the rest of a key's sequence may take before its beginning was the key Escape.
    private static let escapeLimit = Duration.milliseconds(50)

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Print one snapshot and end.")
    var once = false

    private enum Event: Sendable {
        case typed([UInt8])
        /// No more was typed after so many readings.
        case quiet(Int)
        case looked(TopSnapshot)
        case failed(any Error)
        case resized
        case ended
    }

    func execute(_ context: Context) async throws {
        try await context.withStore { store in
            let organization = try await context.organization(of: store)
            let desk = TopDesk(
                store: store,
                broker: context.settings.broker,
                mailboxes: context.settings.hosted.mailboxes(in: organization),
                // What is wrong is in the picture; a line of the log would tear it.
                logger: Logger(label: "gridwork top") { _ in SwiftLogNoOpLogHandler() }
            )
            if !once, !context.output.json, Terminal.isThere, let terminal = Terminal() {
                try await watch(desk, terminal)
            } else {
                await desk.askBroker()
                try context.output.result(try await desk.snapshot()) { snapshot in
                    TopScreen { $0.local }.text(snapshot)
                }
            }
        }
    }

    private func watch(_ desk: TopDesk, _ terminal: borrowing Terminal) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigwinch)
        let input = terminal.input
        // Whoever is slow to draw needs the newest of what happened only.
        let (events, news) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask {
                for await bytes in input { news.yield(.typed(bytes)) }
                news.yield(.ended)
            }
            group.addTask {
                for await signal in signals { news.yield(signal == .sigwinch ? .resized : .ended) }
            }
            group.addTask {
                do { try await desk.keepAskingBroker() } catch { news.yield(.failed(error)) }
            }
            group.addTask {
                do { try await Self.look(desk) { news.yield(.looked($0)) } } catch { news.yield(.failed(error)) }
            }
            let screen = TopScreen { $0.local }
            var (view, parser, readings) = (TopView(), TopKeyParser(), 0)
            var snapshot: TopSnapshot?
            for await event in events {
                var keys: [TopKey] = []
                switch event {
                case .typed(let bytes):
                    keys = parser.read(bytes)
                    readings += 1
                    let reading = readings
                    if parser.isPending {
                        group.addTask {
                            // Cancelled with everything else, when nobody waits for it any more.
                            do { try await Task.sleep(for: Self.escapeLimit) } catch { return }
                            news.yield(.quiet(reading))
                        }
                    }
                case .quiet(let reading): if reading == readings { keys = parser.flush() }
                case .looked(let newest): if !view.isHeld || snapshot == nil { snapshot = newest }
                case .failed(let error): throw error
                case .resized: break
                case .ended: return
                }
                for key in keys where view.take(key) == .quit { return }
                guard let snapshot else { continue }
                let size = terminal.size
                terminal.draw(screen.lines(snapshot, &view, size), size)
            }
        }
    }

    /// Looks again and again until the task is cancelled; a file that is busy is looked at again.
    private static func look(_ desk: TopDesk, _ show: (TopSnapshot) -> Void) async throws {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                show(try await desk.snapshot())
            } catch let error as StoreError where error.code == .busy {
                // The picture that is there is a second older, and says so.
            }
            try await Task.sleep(for: max(pace, (.now - start) * restShare))
        }
    }
}
