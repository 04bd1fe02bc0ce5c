//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore

/// `gridwork push`.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Who is told of what reaches a post, by WeCom, webhook or short message.",
        discussion: "gridwork up sends them.",
        subcommands: [PushAdd.self, PushList.self, PushRemove.self, PushTest.self, PushQueue.self]
    )

    /// The channel of a number.
    static func find(_ number: Int64, in store: some StoreQueries) throws -> PushChannel {
        guard let channel = try store.pushChannel(number) else {
            throw CommandFailure.notFound("there is no channel \(number); gridwork push list shows them")
        }
        return channel
    }
}

/// A channel, without what lets one use it.
struct PushChannelView: Encodable {
    let number: Int64
    let person: String?
    let post: PostAddress?
    let kind: PushChannel.Kind
    let address: String
    let language: String
    let hasTitle: Bool
    let quiet: String?
    let digestMinutes: Int
    let createdAt: Instant
    let failures: Int
    let restsUntil: Instant?

    init(_ channel: PushChannel, at now: Instant) {
        number = channel.n
        switch channel.owner {
        case .person(_, let name): (person, post) = (name, nil)
        case .post(let address): (person, post) = (nil, address)
        }
        kind = channel.kind
        address = channel.shownAddress
        language = channel.language
        hasTitle = channel.hasTitle
        quiet = channel.timing.quiet?.description
        digestMinutes = channel.timing.digestMinutes
        createdAt = channel.createdAt
        failures = channel.failures
        restsUntil = channel.restsUntil > now ? channel.restsUntil : nil
    }

    /// Who is told.
    var owner: String { person ?? post?.description ?? "-" }
}
