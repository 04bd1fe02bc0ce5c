//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import GridModel
import GridRuntime
import GridStore
import Logging

/// What a command works with.
struct Context: Sendable {
    let settings: Settings
    let output: Output
    let logger: Logger

    /// Reads settings and prepares output and logging.
    init(_ options: GlobalOptions) async throws {
        let settings = try await Settings.read(options)
        self.settings = settings
        output = Output(json: options.json)
        var logger = Logger(label: "gridwork") { label in
            switch settings.logFormat {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler.standardError(label: label)
            }
        }
        logger.logLevel = settings.logLevel
        self.logger = logger
    }

    /// Opens the state file for the length of `body`.
    func withStore<Value>(_ body: (StateFile) async throws -> Value) async throws -> Value {
        let store = try StateFile.open(at: settings.statePath)
        do {
            let value = try await body(store)
            try store.close()
            return value
        } catch {
            // The first error is the one to tell; closing adds nothing to it, since all that counts is committed.
            do { try store.close() } catch { logger.debug("The state file did not close", error: error) }
            throw error
        }
    }

    /// Carries out a command at this machine, and tells the collector of traces about it where there is one.
    ///
    /// - Returns: The decision; nil when a command with this identifier was carried out before.
    /// - Throws: What ``LocalDesk/perform(_:)`` throws.
    func perform(_ command: Command, in store: StateFile) async throws -> Decision? {
        guard let tracer = settings.traces.map({ Tracer($0) }) else {
            return try await LocalDesk(store: store, logger: logger).perform(command)
        }
        let result: Result<Decision?, any Error>
        do {
            result = .success(try await LocalDesk(store: store, tracer: tracer, logger: logger).perform(command))
        } catch {
            result = .failure(error)
        }
        // What was asked for is done, and nobody has to wait long for a collector.
        await TraceExporter(tracer, logger: logger).flush(within: .seconds(1))
        return try result.get()
    }

    /// The organization of a state file.
    ///
    /// - Throws: `LocalDesk.NoOrganization` when none has been applied.
    func organization(of store: StateFile) async throws -> Organization {
        guard let found = try await store.read({ try OrganizationCache().organization(in: $0) }) else {
            throw LocalDesk.NoOrganization()
        }
        return found.organization
    }
}

/// A command of gridwork: options, and one way to report what went wrong.
protocol GridworkCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }
    func execute(_ context: Context) async throws
}

extension GridworkCommand {
    mutating func run() async throws {
        do {
            let (command, context) = (self, try await Context(global))
            try await Office.$zone.withValue(context.settings.zone) { try await command.execute(context) }
        } catch let code as ExitCode {
            throw code
        } catch {
            let failure = Failure(error)
            Output(json: global.json).report(failure)
            throw ExitCode(failure.exitCode)
        }
    }
}
