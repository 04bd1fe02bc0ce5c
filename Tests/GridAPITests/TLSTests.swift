//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridAPI

/// TLS by certificate files, seen by curl.
@Suite struct TLSTests {
    @Test("With a certificate it speaks TLS only, and tells browsers to come back by it")
    func certificate() async throws {
        try await withCertificate { files in
            var configuration = APIConfiguration(passwordCost: TestAPI.cheap)
            configuration.isSecure = true
            configuration.certificate = files
            try await TestAPI.run(configuration) { api in
                try await api.setPassword(CredentialTests.password, of: "leader1")
                try await Served.run(api) { served in
                    let credentials = #"{"name": "leader1", "password": "\#(CredentialTests.password)"}"#
                    let address = "localhost:\(served.port)/v1/session"
                    let trusting = ["--silent", "--cacert", files.chain, "https://" + address]
                    let answer = try await program("/usr/bin/curl", trusting + ["--include", "--json", credentials])
                    #expect(answer.status == 0)
                    #expect(answer.output.hasPrefix("HTTP/1.1 200"))
                    #expect(answer.output.lowercased().contains("strict-transport-security: max-age="))
                    #expect(answer.output.contains("__Host-gridwork="))
                    #expect(answer.output.contains("Secure"))
                    #expect(try await program("/usr/bin/curl", ["--silent", "http://" + address]).status != 0)
                    #expect(try await program("/usr/bin/curl", trusting + ["--tls-max", "1.1"]).status != 0)
                }
            }
        }
    }

    @Test("A certificate that cannot be read is named")
    func unusable() async throws {
        try await withCertificate { files in
            var configuration = APIConfiguration(passwordCost: TestAPI.cheap)
            configuration.certificate = .init(chain: files.key, key: files.chain)
            try await TestAPI.run(configuration) { api in
                _ = await #expect(throws: APIServer.CannotServe.self) { try await api.server.run() }
            }
        }
    }

    private func withCertificate(_ body: (APIConfiguration.CertificateFiles) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gridtls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = APIConfiguration.CertificateFiles(
            chain: folder.appendingPathComponent("certificate.pem").path,
            key: folder.appendingPathComponent("key.pem").path
        )
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", files.key, "-out", files.chain,
        ]
        try #require(try await program("/usr/bin/openssl", arguments).status == 0)
        try await body(files)
    }
}
