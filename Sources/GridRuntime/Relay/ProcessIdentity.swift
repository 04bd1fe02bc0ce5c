//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// Names this process among those that share a state file, so that a dead one's leases can be told from a live one's.
///
/// The name is the process number and its start time in clock ticks since boot, as `/proc/PID/stat` has it (proc(5),
/// field 22): a reused number has another start time.
package struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The name as it stands in leases.
    package let description: String

    /// Creates the identity of a process that is simulated.
    package init(simulated name: String) {
        description = name
    }

    private init(description: String) {
        self.description = description
    }

    /// This process. The counter tells several relays of one process apart.
    package static func current(_ instance: Int = 0) -> ProcessIdentity {
        let number = getpid()
        return ProcessIdentity(description: "\(number):\(startTime(of: number) ?? "0"):\(instance)")
    }

    /// Whether the process that `owner` names still runs on this machine.
    ///
    /// In another container sharing the file, a live process may look dead; its messages are then sent twice, which
    /// the inboxes absorb.
    package static func isAlive(_ owner: String) -> Bool {
        let parts = owner.split(separator: ":")
        guard parts.count == 3, let number = Int32(parts[0]) else { return false }
        return startTime(of: number).map { $0 == parts[1] } ?? false
    }

    private static func startTime(of process: Int32) -> String? {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = fread(&bytes, 1, bytes.count, file)
        // The second field is the command in brackets and may hold spaces; count from the last bracket.
        guard let bracket = bytes[..<count].lastIndex(of: 0x29) else { return nil }
        let fields = bytes[(bracket + 1)..<count].split(separator: 0x20)
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
