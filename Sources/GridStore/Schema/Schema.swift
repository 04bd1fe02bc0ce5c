//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB

/// The tables of the state file and how a file of an earlier version gets them.
///
/// Migrations are append-only: one that a release has shipped is never edited, renamed or removed.
enum Schema {
    /// Marks the file as Gridwork's in SQLite's header ("Grid"), so that no other program's file is ever migrated.
    static let applicationID: Int32 = 0x4772_6964

    /// All migrations, oldest first.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1 pages, inbox, outbox, timers") { try $0.execute(sql: version1) }
        migrator.registerMigration("v2 attempts") { try $0.execute(sql: version2) }
        migrator.registerMigration("v3 answers, comparing pages") { try $0.execute(sql: version3) }
        migrator.registerMigration("v4 people, tokens, sessions") { try $0.execute(sql: version4) }
        migrator.registerMigration("v5 invitations") { try $0.execute(sql: version5) }
        migrator.registerMigration("v6 stand-ins, performers") { try $0.execute(sql: version6) }
        migrator.registerMigration("v7 losses") { try $0.execute(sql: version7) }
        migrator.registerMigration("v8 attachments") { try $0.execute(sql: version8) }
        migrator.registerMigration("v9 files of other nodes") { try $0.execute(sql: version9) }
        migrator.registerMigration("v10 scaling") { try $0.execute(sql: version10) }
        migrator.registerMigration("v11 restored") { try $0.execute(sql: version11) }
        migrator.registerMigration("v12 policies") { try $0.execute(sql: version12) }
        migrator.registerMigration("v13 pushes") { try $0.execute(sql: version13) }
        migrator.registerMigration("v14 handover") { try $0.execute(sql: version14) }
        migrator.registerMigration("v15 fewer pages a step") { try $0.execute(sql: version15) }
        migrator.registerMigration("v16 archive") { try $0.execute(sql: version16) }
        return migrator
    }()
}
