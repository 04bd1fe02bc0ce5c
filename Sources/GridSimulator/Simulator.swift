//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs simulations, one for each seed.
package final class Simulator {
    private let street: SimulatedStreet
    private let folder: String
    private let template: String

    /// Prepares a folder for state files, which is removed with the simulator. It is where `TMPDIR` says, or else in memory
    /// where the machine has such a place.
    ///
    /// - Throws: when the folder cannot be made or the first state file cannot be opened.
    package init() throws {
        street = try SimulatedStreet()
        let memory = "/dev/shm"
        let isFree = ProcessInfo.processInfo.environment["TMPDIR"] == nil
        let isInMemory = isFree && FileManager.default.isWritableFile(atPath: memory)
        let parent = isInMemory ? memory : FileManager.default.temporaryDirectory.path()
        folder = parent + "/gridwork-simulator-" + UUID().uuidString
        template = folder + "/empty.sqlite"
        // Migrated once; every node of every run begins with a copy.
        try StateFile.open(at: template).close()
    }

    deinit {
        // Nothing is lost when it stays: the next start of the machine clears it away.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs the simulation of a seed.
    ///
    /// - Parameter listener: Is given every line of the trace as it is written; the result keeps the last ones only.
    /// - Throws: `StoreError` when the state file cannot be opened, copied or removed.
    package func run(seed: UInt64, listener: ((String) -> Void)? = nil) throws -> SimulationResult {
        try Simulation(seed: seed, street: street, folder: folder, template: template, listener: listener).run()
    }
}
