//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore

/// `gridwork stand-in`.
struct StandInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stand-in",
        abstract: "Who acts for whose post, and for how long (A/B 角).",
        subcommands: [StandInGrant.self, StandInEnd.self, StandInList.self]
    )
}

/// A stand-in as the commands tell it.
struct StandInView: Encodable {
    let number: Int64
    let post: PostAddress
    let person: String
    let from: Instant
    let until: Instant
    let grantedBy: String?

    init(_ standIn: StandIn) {
        number = standIn.n
        post = standIn.post
        person = standIn.person
        from = standIn.beginsAt
        until = standIn.endsAt
        grantedBy = standIn.grantedBy
    }
}
