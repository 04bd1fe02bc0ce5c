//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPConfiguration {
    /// Reads a connection URL: `amqp://user:password@host:port/vhost?key=value&…`, or `amqps://` for TLS.
    ///
    /// Every part may be percent-encoded and every part but the scheme may be missing. As in RabbitMQ's own URI
    /// specification no path means the default virtual host `/`, while a path of `/` alone means the one with the empty
    /// name; write `/%2F` to name the default one. An IPv6 address stands in brackets. Query keys:
    ///
    /// | key | value |
    /// |---|---|
    /// | `heartbeat` | whole seconds, 1...3600 |
    /// | `connection_timeout` | milliseconds |
    /// | `channel_max` | accepted and ignored |
    /// | `name` | ``connectionName`` |
    /// | `cacertfile`, `certfile`, `keyfile` | PEM files, `amqps` only |
    /// | `verify` | `verify_peer` (default) or `verify_none`, `amqps` only |
    ///
    /// - Parameter url: The URL.
    /// - Throws: ``AMQPError/Code/invalidURL``, with a message that says which part is wrong and never repeats the password.
    public init(url: String) throws(AMQPError) {
        var rest = Substring(url)
        self.init()

        switch rest.removingPrefix(through: "://")?.lowercased() {
        case "amqp": break
        case "amqps": (tls, port) = (AMQPTLSConfiguration(), 5671)
        default: throw Self.invalid("it must begin with amqp:// or amqps://")
        }
        if rest.contains("#") { throw Self.invalid("a fragment (#) has no meaning here") }

        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let slash = rest.firstIndex(of: "/") {
            let path = rest[rest.index(after: slash)...]
            if path.contains("/") { throw Self.invalid("a virtual host with a slash in it needs %2F for the slash") }
            virtualHost = try Self.decode(path, "virtual host")
            rest = rest[..<slash]
        }
        // The last @ parts the credentials from the host, since people do write it unescaped in passwords.
        if let at = rest.lastIndex(of: "@") {
            let credentials = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            username = try Self.decode(credentials[0], "user")
            if credentials.count == 2 { password = try Self.decode(credentials[1], "password") }
            rest = rest[rest.index(after: at)...]
        }
        try readAddress(rest)
        try readQuery(query)
    }

    private mutating func readAddress(_ address: Substring) throws(AMQPError) {
        var name = address
        var portText: Substring?
        if address.hasPrefix("[") {
            guard let end = address.firstIndex(of: "]") else {
                throw Self.invalid("the bracket of the host is not closed")
            }
            name = address[address.index(after: address.startIndex)..<end]
            let tail = address[address.index(after: end)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":") else { throw Self.invalid("only a port can follow the host's bracket") }
                portText = tail.dropFirst()
            }
        } else if let colon = address.lastIndex(of: ":") {
            name = address[..<colon]
            portText = address[address.index(after: colon)...]
            if name.contains(":") { throw Self.invalid("an IPv6 address belongs in brackets") }
        }
        if let portText {
            guard let number = Int(portText), (1...65_535).contains(number) else {
                throw Self.invalid("the port is no number in 1...65535")
            }
            port = number
        }
        if !name.isEmpty { host = try Self.decode(name, "host") }
    }

    private mutating func readQuery(_ query: Substring) throws(AMQPError) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = try Self.decode(parts[0], "query")
            guard parts.count == 2 else { throw Self.invalid("the query key \(key) has no value") }
            let value = try Self.decode(parts[1], "value of \(key)")
            switch key {
            case "heartbeat":
                guard let seconds = Int(value), (1...3_600).contains(seconds) else {
                    throw Self.invalid("heartbeat is no number of seconds in 1...3600")
                }
                heartbeat = .seconds(seconds)
            case "connection_timeout":
                guard let milliseconds = Int(value), (1...3_600_000).contains(milliseconds) else {
                    throw Self.invalid("connection_timeout is no number of milliseconds in 1...3600000")
                }
                connectTimeout = .milliseconds(milliseconds)
            case "channel_max": break
            case "name": connectionName = value
            case "cacertfile", "certfile", "keyfile", "verify": try readTLS(key, value)
            default: throw Self.invalid("the query key \(key) is unknown")
            }
        }
    }

    private mutating func readTLS(_ key: String, _ value: String) throws(AMQPError) {
        guard var tls else { throw Self.invalid("\(key) needs amqps://") }
        switch (key, value) {
        case ("cacertfile", _): tls.certificateAuthorityFile = value
        case ("certfile", _): tls.certificateFile = value
        case ("keyfile", _): tls.privateKeyFile = value
        case ("verify", "verify_peer"): (tls.verifyPeer, tls.verifyHostName) = (true, true)
        case ("verify", "verify_none"): (tls.verifyPeer, tls.verifyHostName) = (false, false)
        default: throw Self.invalid("verify is neither verify_peer nor verify_none")
        }
        self.tls = tls
    }

    private static func invalid(_ problem: String) -> AMQPError {
        AMQPError(.invalidURL, "Cannot read the AMQP URL: \(problem).")
    }

    private static func decode(_ text: Substring, _ part: String) throws(AMQPError) -> String {
        guard let decoded = text.percentDecoded() else {
            throw invalid("the \(part) is not correctly percent-encoded UTF-8")
        }
        if decoded.utf8.contains(0) { throw invalid("the \(part) contains a zero byte") }
        return decoded
    }
}

extension Substring {
    /// Takes everything up to `mark` off the front, and `mark` with it; changes nothing where there is no `mark`.
    fileprivate mutating func removingPrefix(through mark: String) -> String? {
        guard let range = firstRange(of: mark) else { return nil }
        let prefix = String(self[..<range.lowerBound])
        self = self[range.upperBound...]
        return prefix
    }

    /// The text with every `%XX` replaced by its byte, or `nil` where that is malformed or no UTF-8.
    fileprivate func percentDecoded() -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        var iterator = utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next()?.hexadecimalDigit, let low = iterator.next()?.hexadecimalDigit else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit, or `nil`.
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
