//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HTTPTypes
import Testing

@testable import GridAPI

/// What is bounded: rates, time, memory.
@Suite struct LimitTests {
    @Test("A key gets its burst, then so many a second, and others their own")
    func rate() {
        let limiter = RateLimiter(perSecond: 2, burst: 3)
        let start = ContinuousClock.now
        #expect((0..<3).allSatisfy { _ in limiter.admit("a", at: start) == nil })
        #expect(limiter.admit("a", at: start) == .milliseconds(500))
        #expect(limiter.admit("b", at: start) == nil)
        #expect(limiter.admit("a", at: start + .milliseconds(500)) == nil)
        #expect(limiter.admit("a", at: start + .milliseconds(500)) != nil)
        #expect((0..<3).allSatisfy { _ in limiter.admit("a", at: start + .seconds(60)) == nil })
        #expect(limiter.admit("a", at: start + .seconds(60)) != nil)
    }

    @Test("Inventing keys neither fills the memory nor gets more through")
    func bounded() {
        let limiter = RateLimiter(perSecond: 1, burst: 2, capacity: 10)
        let start = ContinuousClock.now
        let admitted = (0..<1_000).count { limiter.admit("key \($0)", at: start) == nil }
        #expect(admitted == 12)
        #expect(limiter.count <= 11)
        // Reserves that are full again need no memory.
        #expect(limiter.admit("new", at: start + .seconds(10)) == nil)
        #expect(limiter.count == 1)
    }

    @Test("A caller that asks too often is told when to come back")
    func tooMany() async throws {
        try await TestAPI.run(APIConfiguration(rate: .init(perSecond: 0.001, burst: 2), passwordCost: TestAPI.cheap)) {
            api in
            #expect(try await api.get("/v1/session", as: "leader1").status == 200)
            #expect(try await api.get("/v1/session", as: "leader1").status == 200)
            let third = try await api.get("/v1/session", as: "leader1")
            #expect(third.status == 429)
            #expect(third.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 1)
            #expect(try await api.get("/v1/session", as: "leader2").status == 200)
        }
    }

    @Test("An address that asks too often is told so before anything is looked up")
    func address() async throws {
        try await TestAPI.run(APIConfiguration(rate: .init(perSecond: 0.001, burst: 1), passwordCost: TestAPI.cheap)) {
            api in
            var statuses: [Int] = []
            for _ in 0..<6 { statuses.append(try await api.get("/v1/orders", as: nil).status) }
            #expect(statuses == [401, 401, 401, 401, 429, 429])
        }
    }

    @Test("Many who are signed in share an address; what does not hold gets no further there than strangers do")
    func crowd() async throws {
        try await TestAPI.run(APIConfiguration(rate: .init(perSecond: 0.001, burst: 2), passwordCost: TestAPI.cheap)) {
            api in
            for person in TestStreet.people.keys.sorted() {
                #expect(try await api.get("/v1/session", as: person).status == 200, "\(person)")
                #expect(try await Browser.signedIn(person, api).get("/m").status == 200, "\(person)")
            }
            var statuses: [Int] = []
            for number in 0..<10 {
                let browser = Browser(api: api, cookie: "gridwork=\(Secret().text)")
                statuses.append(try await browser.get(number < 5 ? "/m" : "/v1/session").status)
            }
            #expect(statuses == [303, 303, 303, 303, 303, 401, 401, 401, 429, 429])
            #expect(try await api.get("/v1/session", as: nil).status == 429)
        }
    }

    @Test("What takes too long is cancelled and told so; what succeeds all the same counts")
    func timeLimit() async throws {
        await #expect(throws: Problem.self) {
            try await withTimeLimit(.milliseconds(10)) { try await Task.sleep(for: .seconds(60)) }
        }
        let value = try await withTimeLimit(.milliseconds(10)) {
            // A commit that has begun does not look at cancellation.
            try? await Task.sleep(for: .seconds(60))
            return 7
        }
        #expect(value == 7)
        #expect(try await withTimeLimit(.seconds(60)) { 8 } == 8)
    }

    @Test("Passwords match only themselves, under whatever cost they were hashed")
    func passwords() async throws {
        let hasher = PasswordHasher(cost: TestAPI.cheap)
        let hash = try await hasher.hash("correct horse")
        #expect(try await hasher.hash("correct horse") != hash)
        #expect(
            try await PasswordHasher(cost: .init(logRounds: 5, blockSize: 2, parallelism: 1)).verify(
                "correct horse",
                against: hash
            )
        )
        for wrong in ["correct hors", "", "correct horse "] {
            #expect(try await hasher.verify(wrong, against: hash) == false)
        }
        for broken in [nil, "", "scrypt$4$1$1$$", "plain", "scrypt$99$8$1$AAAA$AAAA"] {
            #expect(try await hasher.verify("", against: broken) == false)
        }
    }

    @Test("Hashes are those of the standards: scrypt of RFC 7914, SHA-256 of FIPS 180-4, HMAC of RFC 4231")
    func primitives() throws {
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let key = try Primitives.scrypt(
            "password",
            salt: Array("NaCl".utf8),
            logRounds: 10,
            blockSize: 8,
            parallelism: 16,
            count: 64
        )
        #expect(hex(key).hasPrefix("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"))
        #expect(hex(Primitives.sha256(Array("abc".utf8))).hasPrefix("ba7816bf8f01cfea414140de5dae2223"))
        let code = Primitives.hmac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(hex(code).hasPrefix("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
    }

    @Test("More passwords at once than are worth their memory are turned away")
    func busy() async throws {
        let hasher = PasswordHasher(cost: .init(logRounds: 14, blockSize: 8, parallelism: 1))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do {
                        return try await hasher.verify("x", against: nil) == false
                    } catch {
                        return !(error is PasswordHasher.Busy)
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(false))
        #expect(outcomes.count(where: \.self) >= 16)
    }

    @Test("Secrets read back as they were written, and nothing else reads")
    func secrets() throws {
        let secret = Secret()
        #expect(Secret(secret.text)?.hash == secret.hash)
        #expect(Secret().hash != secret.hash)
        for wrong in ["", "x", secret.text + "A", String(secret.text.dropLast()), String(repeating: "!", count: 43)] {
            #expect(Secret(wrong) == nil)
        }
        let word = secret.word(for: "a")
        #expect(secret.isWord(word, for: "a") && !secret.isWord(word, for: "b") && !Secret().isWord(word, for: "a"))
    }

    @Test("Every answer says that browsers neither guess, keep nor embed it")
    func headers() async throws {
        try await TestAPI.run { api in
            for person in ["leader1", nil] {
                let answer = try await api.get("/v1/session", as: person)
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") ?? false)
            }
        }
    }
}
