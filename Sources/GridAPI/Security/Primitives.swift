//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import COpenSSL

/// What secrets are made of, computed by the system's OpenSSL, which the client of the broker needs anyway. A library
/// built from source with every clone would be some hundred files of C++ more to compile.
enum Primitives {
    /// OpenSSL could not compute something: it had no memory.
    struct Failed: Error {}

    /// The SHA-256 of some bytes.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    /// The HMAC with SHA-256 of some bytes under a key.
    static func hmac(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, nil)
        return code
    }

    /// Derives a key from a password with scrypt (RFC 7914), in `128 · 2^logRounds · blockSize` bytes of memory.
    static func scrypt(
        _ password: String,
        salt: [UInt8],
        logRounds: Int,
        blockSize: Int,
        parallelism: Int,
        count: Int
    ) throws -> [UInt8] {
        let rounds = UInt64(1) << UInt64(logRounds)
        let memory = 128 * UInt64(blockSize) * (rounds + UInt64(parallelism) + 2) + 4_096
        var key = [UInt8](repeating: 0, count: count)
        let isDone = EVP_PBE_scrypt(
            password,
            password.utf8.count,
            salt,
            salt.count,
            rounds,
            UInt64(blockSize),
            UInt64(parallelism),
            memory,
            &key,
            count
        )
        guard isDone == 1 else { throw Failed() }
        return key
    }

    /// Whether two secrets are the same; how long it takes tells nothing about where they differ.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }
}
