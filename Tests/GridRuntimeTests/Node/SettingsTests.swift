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
            (["HTTP_CERTIFICATE": "/certificate.pem"], "http.certificate and http.key"),
            (["HTTP_KEY": "/key.pem"], "http.certificate and http.key"),
            (["HTTP_PUBLIC_URL": "ftp://office"], "http.publicURL: ftp://office"),
            (["TRACES_ENDPOINT": "collector:4318"], "traces.endpoint: collector:4318"),
            (["TRACES_RATIO": "1.5"], "traces.ratio: 1.5"),
            (["TRACES_RATIO": "some"], "traces.ratio: some"),
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

    @Test("A certificate that cannot be read keeps the API from being served, and is named")
    func certificate() async throws {
        try await withTemporaryFolder { folder in
            let result = try await Program.run(
                Program.gridwork,
                ["serve", "--state", folder + "/state.sqlite", "--http-address", "127.0.0.1:0"],
                environment: [
                    "GRIDWORK_HTTP_CERTIFICATE": folder + "/certificate.pem", "GRIDWORK_HTTP_KEY": folder + "/key.pem",
                ],
                expecting: 78
            )
            #expect(result.errors.contains(folder + "/certificate.pem"), "\(result.errors)")
        }
    }
}
