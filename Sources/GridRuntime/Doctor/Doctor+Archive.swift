//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore

extension Doctor {
    /// Looks whether the archive is there that the state file left histories to, and whole.
    func archiveFindings(_ store: StateFile) async throws -> [DoctorFinding] {
        let orders = try await store.read { try $0.archivedOrderCount() }
        if orders == 0, !store.archive.exists { return [] }
        do {
            try store.archive.check(quickly: true)
            let finding = "it has the histories of \(orders) orders, and SQLite finds no damage"
            return [DoctorFinding("archive", .ok, finding)]
        } catch let error as StoreError {
            return [
                DoctorFinding(
                    "archive",
                    .error,
                    error.message,
                    advice: "put \(store.archive.path) back from a backup: it has \(orders) orders' histories"
                )
            ]
        }
    }
}
