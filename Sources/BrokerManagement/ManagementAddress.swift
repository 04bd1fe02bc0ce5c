//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Where the management HTTP API of a RabbitMQ answers, and as whom it is asked.
package struct ManagementAddress: Sendable, Equatable {
    /// The host name or address, an IPv6 one without brackets.
    package var host: String
    /// The port.
    package var port: Int
    /// The user, who needs the tag `administrator`: no other may make users.
    package var username: String
    /// The password of ``username``; never part of ``description``.
    package var password: String
    /// Whether it is asked over TLS; its certificate is then checked against the authorities that this machine trusts.
    package var isSecure: Bool

    /// RabbitMQ's default port.
    package static func port(isSecure: Bool) -> Int { isSecure ? 15_671 : 15_672 }

    /// Creates an address.
    package init(
        host: String,
        port: Int,
        username: String,
        password: String,
        isSecure: Bool = false
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.isSecure = isSecure
    }

    /// Reads `http://user:password@host:port`, or `https://…` for TLS.
    ///
    /// - Throws: ``ManagementError/Code/invalidURL``, with a message that never repeats the password.
    package init(url: String) throws(ManagementError) {
        func invalid(_ problem: String) -> ManagementError {
            ManagementError(.invalidURL, "Cannot read the management URL: \(problem).")
        }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https"
        else { throw invalid("it has to be http://user:password@host:port, or https://") }
        guard let host = parts.host, !host.isEmpty else { throw invalid("the host is missing") }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil else {
            throw invalid("nothing may follow the port")
        }
        guard let username = parts.user, let password = parts.password else {
            throw invalid("user and password are missing")
        }
        isSecure = scheme == "https"
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? Self.port(isSecure: isSecure)
        guard (1...65_535).contains(port) else { throw invalid("the port is outside 1...65535") }
        self.username = username
        self.password = password
    }

    /// The address of `path`, whose parts are percent-encoded already.
    func url(_ path: String) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(host):\(port)/api/\(path)"
    }
}

extension ManagementAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address with the password left out; safe to log.
    package var description: String {
        "\(isSecure ? "https" : "http")://\(username):***@\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// The same as ``description``, so that a dump does not show the password either.
    package var debugDescription: String { description }

    /// A mirror without the password.
    package var customMirror: Mirror {
        Mirror(self, children: ["address": description], displayStyle: .struct)
    }
}
