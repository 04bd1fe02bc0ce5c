//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import Foundation

/// Where a collector takes spans: OTLP over HTTP.
package struct OTLPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// The address that is posted to.
    package let url: URL

    /// What is wrong with an address, in a sentence.
    package struct Invalid: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads `http://host:port`, or `https://…`; without a path it is `/v1/traces`, as OTLP has it.
    package init(_ text: String) throws(Invalid) {
        guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else {
            throw Invalid(description: "\(text) is not an address like http://127.0.0.1:4318/v1/traces")
        }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            // It is told in logs, so it must hold no secret.
            throw Invalid(description: "the address may have neither a user nor a fragment")
        }
        if let port = parts.port, !(1...65_535).contains(port) {
            throw Invalid(description: "the port of \(text) is outside 1...65535")
        }
        if parts.path.isEmpty || parts.path == "/" { parts.path = "/v1/traces" }
        guard let url = parts.url else { throw Invalid(description: "\(text) is no address") }
        self.url = url
    }

    package var description: String { url.absoluteString }
}
