//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Hashes passwords with scrypt, few at a time and never on a thread that serves requests.
///
/// Each takes `128 · rounds · blockSize` bytes, 128 MiB at the default cost, so both how many run and how many wait are
/// bounded; beyond that the answer is `Busy`.
package final class PasswordHasher: Sendable {
    /// What a hash costs whoever computes it.
    package struct Cost: Sendable, Hashable {
        /// The binary logarithm of scrypt's N.
        package var logRounds: Int
        /// scrypt's r.
        package var blockSize: Int
        /// scrypt's p.
        package var parallelism: Int

        /// What passwords are protected by: N = 2^17, r = 8, p = 1 (OWASP's recommendation).
        package static let standard = Cost(logRounds: 17, blockSize: 8, parallelism: 1)

        /// Creates a cost.
        package init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }
    }

    /// Too many passwords are being checked.
    package struct Busy: Error {}

    /// How many hashes are computed at once.
    private static let lanes = 2
    /// How many may wait in each lane, the one that is computed counted.
    private static let laneDepth = 8
    private static let saltSize = 16
    private static let keySize = 32

    private let cost: Cost
    private let lanes = WorkLanes(
        label: "GridAPI.passwords",
        count: PasswordHasher.lanes,
        depth: PasswordHasher.laneDepth
    )

    /// Creates a hasher.
    package init(cost: Cost = .standard) {
        self.cost = cost
    }

    /// Hashes a password with a new salt; the text holds all that checking needs.
    package func hash(_ password: String) async throws -> String {
        let salt = (0..<Self.saltSize).map { _ in UInt8.random(in: .min ... .max) }
        let key = try await derive(password, salt, cost)
        let fields = [
            "scrypt", "\(cost.logRounds)", "\(cost.blockSize)", "\(cost.parallelism)",
            Data(salt).base64EncodedString(), Data(key).base64EncodedString(),
        ]
        return fields.joined(separator: "$")
    }

    /// Whether a password is the one that was hashed.
    ///
    /// - Parameter hash: The hash; nil computes one all the same and says no, so that the time does not tell which
    ///   names exist.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        guard let hash, let parsed = Self.parse(hash) else {
            _ = try await derive(password, [UInt8](repeating: 0, count: Self.saltSize), cost)
            return false
        }
        return Primitives.areEqual(try await derive(password, parsed.salt, parsed.cost), parsed.key)
    }

    private func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) async throws -> [UInt8] {
        do {
            return try await lanes.run {
                try Primitives.scrypt(
                    password,
                    salt: salt,
                    logRounds: cost.logRounds,
                    blockSize: cost.blockSize,
                    parallelism: cost.parallelism,
                    count: Self.keySize
                )
            }
        } catch is WorkLanes.Busy {
            throw Busy()
        }
    }

    private static func parse(_ hash: String) -> (cost: Cost, salt: [UInt8], key: [UInt8])? {
        let fields = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0] == "scrypt", let logRounds = Int(fields[1]), (1...24).contains(logRounds),
            let blockSize = Int(fields[2]), (1...32).contains(blockSize),
            let parallelism = Int(fields[3]), (1...16).contains(parallelism),
            let salt = Data(base64Encoded: String(fields[4])), let key = Data(base64Encoded: String(fields[5]))
        else { return nil }
        let cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        return (cost, Array(salt), Array(key))
    }
}
