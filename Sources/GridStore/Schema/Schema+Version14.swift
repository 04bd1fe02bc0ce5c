//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Schema {
    /// Up to which version of the desired state a process has given up all mailboxes that are not its own by it, so that
    /// another may take them over.
    ///
    /// 0 while it has to be waited for, as for a process of an earlier version, which serves its mailboxes beside others; the
    /// greatest number there is while it is subscribed to nothing and will not be without having written 0.
    static let version14 = """
        ALTER TABLE process ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
        """
}
