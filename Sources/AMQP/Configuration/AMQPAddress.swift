//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Where one node of a broker listens.
public struct AMQPAddress: Sendable, Hashable {
    /// The host name or address, an IPv6 one without brackets; with TLS the certificate has to name it.
    public var host: String
    /// The port.
    public var port: Int

    /// Makes an address.
    ///
    /// - Parameters:
    ///   - host: The host name or address (default: `127.0.0.1`).
    ///   - port: The port, 1...65535 (default: 5672).
    public init(host: String = "127.0.0.1", port: Int = 5672) {
        self.host = host
        self.port = port
    }

    /// The port that IANA has assigned to AMQP.
    static func port(isSecure: Bool) -> Int { isSecure ? 5671 : 5672 }
}

extension AMQPAddress: CustomStringConvertible {
    /// The host and the port, as in a URL.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
