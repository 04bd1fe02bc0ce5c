//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension StoreQueries {
    /// A mail with the files that its receiver's node has to fetch: those of an assignment that is handed in, where the
    /// issuer's page is not in this file. Further up nothing goes: what leaves a community is counts.
    func withFiles(_ mail: Mail) throws -> Mail {
        let body: ReportBody
        switch mail.body {
        case .submitted(let report), .completed(let report): body = report
        default: return mail
        }
        guard let id = mail.assignment, let parent = id.parent else { return mail }
        let lines = try attachments(of: id)
        guard !lines.isEmpty, try assignment(parent) == nil else { return mail }
        var report = body
        report.files = ReportedFiles(node: try nodeID(), attachments: lines.map(\.attachment))
        var mail = mail
        if case .submitted = mail.body { mail.body = .submitted(report) } else { mail.body = .completed(report) }
        return mail
    }
}

extension StoreTransaction {
    /// Notes the files of a report of another node, so that they are fetched.
    func noteFiles(of message: Message, at now: Instant) throws {
        guard case .mail(let mail) = message, let id = mail.assignment else { return }
        switch mail.body {
        case .submitted(let report), .completed(let report):
            guard let files = report.files, files.node != (try nodeID()) else { return }
            try note(files, of: id, from: mail.source, at: now)
        default: return
        }
    }
}
