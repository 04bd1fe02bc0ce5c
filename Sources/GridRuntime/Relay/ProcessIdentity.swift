//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// Names this process among those that share a state file, so that a dead one's leases can be told from a live one's.
///
/// The name is the process number and its start time in clock ticks since boot, as `/proc/PID/stat` has it (proc(5),
/// field 22): a reused number has another start time. The number means something only among processes that see each other;
/// so the name ends in the namespace of process numbers that it is from (pid_namespaces(7)), which each container has of its
/// own, where the kernel tells it.
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
        let name = "\(number):\(startTime(of: number) ?? "0"):\(instance)"
        return ProcessIdentity(description: namespace.map { "\(name):\($0)" } ?? name)
    }

    /// Whether the process that `owner` names still runs on this machine.
    ///
    /// In another container sharing the file, a live process may look dead; its messages are then sent twice, which
    /// the inboxes absorb.
    package static func isAlive(_ owner: String) -> Bool {
        let parts = owner.split(separator: ":")
        guard parts.count == 3 || parts.count == 4, let number = Int32(parts[0]) else { return false }
        return startTime(of: number).map { $0 == parts[1] } ?? false
    }

    /// Whether the process that a name is of is known to run no more: it is from among those that this process sees, and is
    /// not there. Of a process in another container, and of a name that tells no namespace, nothing is known.
    package static func isKnownDead(_ name: String) -> Bool {
        let parts = name.split(separator: ":")
        guard parts.count == 4, let namespace, parts[3] == namespace else { return false }
        return !isAlive(name)
    }

    /// The number of this process's namespace of process numbers; nil where the kernel does not tell it.
    private static let namespace: String? = {
        var bytes = [CChar](repeating: 0, count: 64)
        // "pid:[4026531836]"
        let count = readlink("/proc/self/ns/pid", &bytes, bytes.count)
        guard count > 0 else { return nil }
        let digits = bytes[..<count].map(UInt8.init(bitPattern:)).filter { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }()

    /// When a process started; nil when there is none of that number, or one that has ended and whose parent has not asked.
    private static func startTime(of process: Int32) -> String? {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = fread(&bytes, 1, bytes.count, file)
        // The second field is the command in brackets and may hold spaces; count from the last bracket.
        guard let bracket = bytes[..<count].lastIndex(of: 0x29) else { return nil }
        let fields = bytes[(bracket + 1)..<count].split(separator: 0x20)
        // The third field; Z has ended and was not asked for by its parent, X is about to be gone.
        guard let state = fields.first?.first, state != 0x5A, state != 0x58 else { return nil }
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
