//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// Pages of a grid compared, as a node compares those of its state file; here all nodes' pages are in reach.
extension MemoryGrid {
    /// Puts into the bag what a round of comparing finds missing.
    ///
    /// - Returns: How many mails that is.
    @discardableResult
    mutating func reconcile(_ round: Int) -> Int {
        guard let name = ReconcileRound("\(round)") else { preconditionFailure("no name for a round: \(round)") }
        let missing = missingMail()
        for (index, mail) in missing.enumerated() { self.mail.append(mail.mail(in: name, at: index + 1, now: now)) }
        return missing.count
    }

    /// What is missing, as the pages stand.
    func missingMail() -> [MissingMail] {
        var missing: [MissingMail] = []
        for id in ids {
            guard let leg = legs[id], let parent = id.parent.flatMap({ assignments[$0] }), let order = order(of: id)
            else { continue }
            let pair = LegPair(leg: leg, issuer: parent.post, order: order, holder: assignments[id])
            if let mail = pair.missing(at: now) { missing.append(mail) }
        }
        for id in ids {
            guard let holder = assignments[id], let superior = holder.escalatedTo else { continue }
            let pair = EscalatedPair(
                holder: holder,
                escalation: escalation(of: id, at: superior),
                title: order(of: id)?.title ?? "",
                reason: history[id]?.last { $0.event == .escalated }?.note ?? "",
                byClock: false
            )
            if let mail = pair.missing { missing.append(mail) }
        }
        let open = escalations.values.joined().filter { $0.state == .open }
            .sorted { ($0.assignment.text, $0.superior) < ($1.assignment.text, $1.superior) }
        for escalation in open {
            guard let holder = assignments[escalation.assignment] else { continue }
            if let mail = escalation.missingWithdrawal(by: holder) { missing.append(mail) }
        }
        return missing
    }

    private func order(of id: AssignmentID) -> WorkOrder? {
        sent.lazy.compactMap { mail in
            if case .issued(let body) = mail.body, body.order.id == id.order { body.order } else { nil }
        }.first
    }
}
