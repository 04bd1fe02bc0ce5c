//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridAPI

/// What the server bounds before a request is one.
@Suite struct ServerLimitTests {
    private static let request = "GET /v1/session HTTP/1.1\r\nHost: localhost\r\n"

    @Test(
        "A header that is too long, or has too many fields, is refused, and one that is just short enough is not",
        arguments: [
            (1, 16_000, 401), (1, 17_000, 400), (90, 10, 401), (110, 10, 400), (4, 7_000, 401), (5, 8_000, 400),
        ]
    )
    func headers(fields: Int, length: Int, status: Int) async throws {
        try await TestAPI.run { api in
            try await Served.run(api) { served in
                let value = String(repeating: "x", count: length)
                let header = (0..<fields).map { "X-\($0): \(value)\r\n" }.joined()
                let connection = try RawConnection(to: served.port)
                connection.send("\(Self.request)\(header)\r\n")
                let answer = await connection.receive(until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            }
        }
    }

    @Test("A connection beyond the limit is served when another one ends")
    func connections() async throws {
        try await TestAPI.run(APIConfiguration(connectionLimit: 2, passwordCost: TestAPI.cheap)) { api in
            try await Served.run(api) { served in
                func ask(_ connection: RawConnection, milliseconds: Int = 10_000) async -> Bool {
                    connection.send("\(Self.request)\r\n")
                    let answer = await connection.receive(until: "\r\n\r\n", milliseconds: milliseconds)
                    return answer.hasPrefix("HTTP/1.1 401 ")
                }
                let kept = [try RawConnection(to: served.port), try RawConnection(to: served.port)]
                for connection in kept { #expect(await ask(connection)) }
                let third = try RawConnection(to: served.port)
                #expect(await !ask(third, milliseconds: 500), "answered beside two others")
                for connection in kept { #expect(await ask(connection)) }
                kept[0].hangUp()
                #expect(await third.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 401 "))
            }
        }
    }
}
