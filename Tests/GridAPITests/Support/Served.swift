//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridRuntime
import GridStore
import Logging
import ServiceLifecycle
import Subprocess
import SystemPackage
import Testing

@testable import GridAPI

/// The API of a test on a socket.
struct Served {
    let api: TestAPI
    let port: Int
    let group: ServiceGroup

    struct Event {
        let id: Int64
        let name: String
        let data: JSON
    }

    static func run(_ api: TestAPI, _ body: (Served) async throws -> Void) async throws {
        var configuration = api.configuration
        configuration.port = 0
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let server = APIServer(
            store: api.store,
            configuration: configuration,
            clock: api.clock.wall,
            logger: api.logger
        ) { found.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: api.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            do {
                try await body(Served(api: api, port: port, group: group))
                await group.triggerGracefulShutdown()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            try await tasks.waitForAll()
        }
    }

    func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// Follows a stream with curl for as long as `body` runs; it is being followed when `body` begins.
    @discardableResult
    func follow<R: Sendable>(
        _ uri: String,
        as person: String,
        after last: Int64? = nil,
        _ body: (inout Events) async throws -> R
    ) async throws -> R {
        let arguments =
            [
                "--silent", "--no-buffer", "--max-time", "60", "--header",
                "Authorization: Bearer \(try #require(api.tokens[person]))",
            ] + (last.map { ["--header", "Last-Event-ID: \($0)"] } ?? []) + ["http://127.0.0.1:\(port)\(uri)"]
        return try await Subprocess.run(
            .path("/usr/bin/curl"),
            arguments: Arguments(arguments),
            input: .none,
            output: .sequence,
            error: .discarded
        ) { curl in
            var events = Events(lines: curl.standardOutput.strings().makeAsyncIterator())
            // The first line is the time to wait before coming back.
            let first = try await events.lines.next()
            #expect(first == "retry: 3000")
            let result = try await body(&events)
            await curl.teardown(using: [])
            return result
        }.closureResult
    }

    struct Events {
        var lines: SubprocessOutputSequence.StringSequence<UTF8>.AsyncIterator

        /// The next event; nil at the end of the stream.
        mutating func next() async throws -> Event? {
            var fields: [String: String] = [:]
            // Data is an event's last field.
            while let line = try await lines.next() {
                guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { continue }
                fields[String(line[..<colon])] = String(line[line.index(colon, offsetBy: 2)...])
                guard let data = fields["data"] else { continue }
                return Event(
                    id: Int64(fields["id"] ?? "") ?? -1,
                    name: fields["event"] ?? "",
                    data: try JSONDecoder().decode(JSON.self, from: Data(data.utf8))
                )
            }
            return nil
        }
    }
}
