//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import HTTPTypes
import Testing

@testable import GridAPI

/// What the node says of itself to whoever watches it.
@Suite struct HealthTests {
    @Test("Anybody is told that a process is well, and a probe gets the same without the content")
    func well() async throws {
        try await TestAPI.run(health: Health(stateFileAge: { .seconds(1) })) { api in
            let ready = try await api.get("/health/ready", as: nil)
            #expect(ready.status == 200)
            #expect(ready.headers[.contentType] == "application/health+json")
            #expect(ready.headers[.cacheControl] == "no-store")
            #expect(ready.text == #"{"checks":{"stateFile":[{"status":"pass"}]},"status":"pass"}"#)
            #expect(try await api.get("/health/live", as: nil).text == #"{"checks":{},"status":"pass"}"#)
            #expect(try await api.send(.head, "/health/ready", as: nil).text.isEmpty)
            #expect(try await api.send(.post, "/health/ready", as: nil).status == 405)
        }
    }

    @Test("A state file that cannot be written makes a process unready, and not dead")
    func unready() async throws {
        try await TestAPI.run(health: Health(stateFileAge: { .seconds(61) })) { api in
            let ready = try await api.get("/health/ready", as: nil)
            #expect(ready.status == 503)
            #expect(ready.json["status"].string == "fail")
            let output = ready.json["checks"]["stateFile"].array.first?["output"].string
            #expect(output == "it could not be written for 61 s")
            #expect(try await api.get("/health/live", as: nil).status == 200)
        }
    }

    @Test("Asking too often does not make a node look ill")
    func unlimited() async throws {
        let strict = APIConfiguration(rate: .init(perSecond: 0.001, burst: 1), passwordCost: TestAPI.cheap)
        try await TestAPI.run(strict) { api in
            var statuses: Set<Int> = []
            for _ in 0..<20 { statuses.insert(try await api.get("/health/live", as: nil).status) }
            #expect(statuses == [200])
        }
    }
}
