//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork push list`.
struct PushList: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the channels, without what lets one use their addresses."
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let now = WallClock.system.now
        let channels = try await context.withStore { store in try await store.read { try $0.pushChannels() } }
        try context.output.result(channels.map { PushChannelView($0, at: now) }) { channels in
            guard !channels.isEmpty else {
                return ["Nobody is told yet; gridwork push add adds a channel."]
            }
            var table = Table(["NUMBER", "WHO", "KIND", "WHERE", "QUIET", "DIGEST", "STATE"])
            for channel in channels {
                let state = channel.restsUntil.map { "rests until \($0.local)" } ?? "ready"
                table.add([
                    "\(channel.number)", channel.owner, channel.kind.rawValue, channel.address, channel.quiet ?? "-",
                    channel.digestMinutes > 0 ? "\(channel.digestMinutes) min" : "-",
                    channel.failures > 0 ? "\(channel.failures) in vain, \(state)" : state,
                ])
            }
            return table.lines
        }
    }
}
