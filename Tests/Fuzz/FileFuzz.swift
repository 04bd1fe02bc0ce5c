//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// The files that people write.
enum FileFuzz {
    private static let now = Instant(milliseconds: 1_795_392_000_000)

    /// Reads an order's file; a sound one has to come back as it was when it is written as a command.
    static func readOrder(_ input: [UInt8]) {
        guard let draft = try? OrderFile.draft(from: input), let id = MessageID("fuzz"),
            let office = PostAddress("office@310105002")
        else { return }
        let command = Command(id: id, actor: office, body: .issue(draft))
        do {
            let message = try CommandCodec().encode(command, mailboxPrefix: "", at: now)
            guard try OrderFile.draft(from: message.body) == draft else { fatalError("An order comes back otherwise") }
        } catch {
            fatalError("A sound order cannot be sent: \(error)")
        }
    }

    /// Reads an organization's file; the findings of a bad one have to have places, those of no JSON none.
    static func readOrganization(_ input: [UInt8]) {
        do {
            _ = try OrganizationFile.organization(from: input)
        } catch let error as OrganizationError {
            guard let places = JSONLocator.positions(of: error.findings.map(\.pointer), in: input) else { return }
            guard places.count == error.findings.count else { fatalError("Findings and places differ in number") }
        } catch {
            return
        }
    }
}
