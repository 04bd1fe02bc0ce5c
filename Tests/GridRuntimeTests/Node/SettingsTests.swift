//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@Suite("Settings that do not hold")
struct SettingsTests {
    @Test(
        "Are refused when the program starts, with the key in the message",
        arguments: [
            (["OFFICE_TIME_ZONE": "Mars/Phobos"], "office.timeZone: Mars/Phobos"),
            (["HTTP_PUBLIC_URL": "ftp://office"], "http.publicURL: ftp://office"),
            (["AMQP_MANAGEMENT_URL": "http://rabbit1"], "amqp.managementURL"),
        ]
    )
    func refused(settings: [String: String], words: String) async throws {
        try await withTemporaryFolder { folder in
            let result = try await Program.run(
                Program.gridwork,
                ["order", "list", "--state", folder + "/state.sqlite"],
                environment: Dictionary(uniqueKeysWithValues: settings.map { ("GRIDWORK_" + $0, $1) }),
                expecting: 78
            )
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }
}
