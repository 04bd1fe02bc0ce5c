//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Says how to reach a broker and how long to wait for it.
public struct AMQPConfiguration: Sendable, Equatable {
    /// Where the broker is; for a cluster, where each of its nodes is (default: `127.0.0.1`, port 5672, or 5671 where
    /// TLS is used).
    ///
    /// All of them are one broker to the client: everything else here holds for each. They are tried in an order left to
    /// chance, so that clients spread over the nodes, also when those of a node that ended look for another.
    public var addresses: [AMQPAddress]
    /// The virtual host (default: `/`).
    public var virtualHost: String
    /// The user to log in as (default: `guest`).
    public var username: String
    /// The password of ``username`` (default: `guest`); never part of ``description``.
    public var password: String
    /// The certificates to use, or `nil` for a connection in the clear (default: `nil`).
    public var tls: AMQPTLSConfiguration?
    /// The heartbeat interval to ask for, in whole seconds, at least one (default: 10 s).
    ///
    /// The broker may ask for a shorter one. After two intervals without a sign of life the connection is given up.
    public var heartbeat: Duration
    /// The time to establish a connection to one address and, again, to log in there (default: 5 s).
    public var connectTimeout: Duration
    /// The time the broker has for one answer, and the longest that one blocking call may last (default: 10 s).
    public var operationTimeout: Duration
    /// The largest frame to accept, in bytes, 4,096 to 131,072 (default: 131,072).
    public var frameMax: Int
    /// A name for the connection, shown in the broker's own lists (default: none).
    public var connectionName: String?

    /// Makes a configuration; every parameter has the default that its property names.
    public init(
        addresses: [AMQPAddress]? = nil,
        virtualHost: String = "/",
        username: String = "guest",
        password: String = "guest",
        tls: AMQPTLSConfiguration? = nil,
        heartbeat: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        operationTimeout: Duration = .seconds(10),
        frameMax: Int = 131_072,
        connectionName: String? = nil
    ) {
        self.addresses = addresses ?? [AMQPAddress(port: AMQPAddress.port(isSecure: tls != nil))]
        self.virtualHost = virtualHost
        self.username = username
        self.password = password
        self.tls = tls
        self.heartbeat = heartbeat
        self.connectTimeout = connectTimeout
        self.operationTimeout = operationTimeout
        self.frameMax = frameMax
        self.connectionName = connectionName
    }
}

extension AMQPConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The addresses in the form of a URL with the password left out; safe to log.
    public var description: String {
        let hosts = addresses.map(\.description).joined(separator: ",")
        return "\(tls == nil ? "amqp" : "amqps")://\(username):***@\(hosts)/\(virtualHost)"
    }

    /// The same as ``description``, so that a dump does not show the password either.
    public var debugDescription: String { description }
}

extension AMQPConfiguration: CustomReflectable {
    /// A mirror without the password.
    public var customMirror: Mirror {
        Mirror(self, children: ["address": description], displayStyle: .struct)
    }
}

extension AMQPConfiguration {
    /// Refuses what could never work, before a connection is tried.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument``.
    func validate() throws(AMQPError) {
        func check(_ condition: Bool, _ message: String) throws(AMQPError) {
            if !condition { throw AMQPError(.invalidArgument, message) }
        }
        try check(!addresses.isEmpty, "There is no address to connect to.")
        for address in addresses {
            try check(!address.host.isEmpty, "The host is empty.")
            try check((1...65_535).contains(address.port), "The port \(address.port) is outside 1...65535.")
        }
        try check(heartbeat >= .seconds(1) && heartbeat <= .seconds(3_600), "The heartbeat is outside 1 s...1 h.")
        try check(connectTimeout > .zero, "The connect timeout is not positive.")
        try check(operationTimeout > .zero, "The operation timeout is not positive.")
        // A larger one could hold tables nested deeper than the stack of the connection's thread allows for.
        try check((4_096...131_072).contains(frameMax), "The frame size is outside 4096...131072 bytes.")
        try check(virtualHost.utf8.count <= 255, "The virtual host's name has more than 255 bytes.")
        // These reach C as zero-terminated strings: a zero inside would silently cut them short.
        for text in addresses.map(\.host) + [virtualHost, username, password] {
            try check(!text.utf8.contains(0), "A zero byte in the host, virtual host, user or password.")
        }
    }
}
