//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridSimulator
import UnixSignals

/// `gridwork simulate`.
struct Simulate: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run made-up streets under made-up faults, and check that nothing is lost, doubled or forgotten.",
        discussion: """
            Needs no broker and touches no state file. The same seed gives the same run to the byte. Stops after \
            \(mostFailures) seeds that found something broken; exits 1 when any did.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "The seeds to run, first..last.")
    var seeds = SeedRange(1...100)

    @Flag(help: "Print everything that happens, line by line, on standard output.")
    var trace = false

    /// After how many failures no further seed is run.
    static let mostFailures = 10

    private struct Report: Encodable, Sendable {
        var seeds: String
        var run = 0
        var steps = 0
        var handled = 0
        var seconds = 0.0
        var failures: [SimulationResult] = []
        /// A fingerprint of all runs, to compare two machines or two versions by.
        var digest = ""
    }

    private enum Ending {
        case done(Report)
        case signal(UnixSignal?)
    }

    func execute(_ context: Context) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { .done(try await simulate(context)) }
            group.addTask { .signal(await signals.first { _ in true }) }
            var interruption: UnixSignal?
            while let ending = try await group.next() {
                group.cancelAll()
                switch ending {
                case .signal(let signal): interruption = interruption ?? signal
                case .done(let report):
                    try tell(report, context)
                    // The shell's convention for an end by signal.
                    if let interruption { throw ExitCode(128 + interruption.rawValue) }
                    if !report.failures.isEmpty { throw ExitCode(Failure.Exit.refused) }
                    return
                }
            }
        }
    }

    /// Runs the seeds. Cancelled, it finishes the one in hand, so that the state files are removed in either case.
    private func simulate(_ context: Context) async throws -> Report {
        let simulator = try Simulator()
        let start = ContinuousClock.now
        var report = Report(seeds: seeds.description)
        var digests = RunDigest()
        for seed in seeds.range where report.failures.count < Self.mostFailures {
            // A seed never waits for anything, and whoever listens for signals needs a turn too.
            await Task.yield()
            if Task.isCancelled { break }
            let result = try simulator.run(seed: seed, listener: trace ? { context.output.line($0) } : nil)
            report.run += 1
            report.steps += result.steps
            report.handled += result.handled
            digests.add(result)
            guard !result.broken.isEmpty else { continue }
            report.failures.append(result)
            if !context.output.json { Self.lines(of: result).forEach { context.output.line($0) } }
        }
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        report.digest = digests.text
        return report
    }

    private func tell(_ report: Report, _ context: Context) throws {
        try context.output.result(report) { report in
            let speed = Int(Double(report.run) / max(0.001, report.seconds))
            return [
                "\(report.run) seeds of \(report.seeds), \(report.failures.count) failed; \(report.steps) steps, "
                    + "\(report.handled) messages handled, \(speed) seeds a second, digest \(report.digest)"
            ]
        }
    }

    private static func lines(of failure: SimulationResult) -> [String] {
        ["seed \(failure.seed) is broken at step \(failure.steps):"]
            + failure.broken.map { "  \($0)" }
            + ["  the last that happened:"]
            + failure.trace.map { "    \($0)" }
            + ["  see all of it: gridwork simulate --seeds \(failure.seed) --trace"]
    }
}
