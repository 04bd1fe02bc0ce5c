//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPConfiguration {
    /// Reads a connection URL: `amqp://user:password@host:port/vhost?key=value&…`, or `amqps://` for TLS.
    ///
    /// Every part may be percent-encoded and every part but the scheme may be missing. As in RabbitMQ's own URI
    /// specification no path means the default virtual host `/`, while a path of `/` alone means the one with the empty
    /// name; write `/%2F` to name the default one. An IPv6 address stands in brackets.
    ///
    /// The nodes of a cluster are named in one URL, as in `amqp://user:password@rabbit1,rabbit2:5673,rabbit3/vhost`: the hosts
    /// stand side by side, separated by commas, each with its own port or none, and all else is written once, since it is the
    /// same on every node. libpq and the MongoDB drivers write it so; RabbitMQ's URI specification knows one host only.
    ///
    /// Query keys:
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
        case "amqps": tls = AMQPTLSConfiguration()
        default: throw Self.invalid("it must begin with amqp:// or amqps://")
        }
        if rest.contains("#") { throw Self.invalid("a fragment (#) has no meaning here") }

        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if rest.contains("://") {
            throw Self.invalid("several nodes share one URL, as in amqp://user:password@host1:5672,host2:5672/vhost")
        }
        if let slash = rest.firstIndex(of: "/") {
            let path = rest[rest.index(after: slash)...]
            if path.contains("/") { throw Self.invalid("a virtual host with a slash in it needs %2F for the slash") }
            virtualHost = try Self.decode(path, "virtual host")
            rest = rest[..<slash]
        }
        // The last @ parts the credentials from the host, since people do write it unescaped in passwords.
        if let at = rest.lastIndex(of: "@") {
            if let first = rest.firstIndex(of: "@"), rest[first..<at].contains(",") {
                throw Self.invalid(
                    "user and password are written once, before the first host; in a password, write %40 for @ and %2C for a comma"
                )
            }
            let credentials = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            username = try Self.decode(credentials[0], "user")
            if credentials.count == 2 { password = try Self.decode(credentials[1], "password") }
            rest = rest[rest.index(after: at)...]
        }
        try readAddresses(rest)
        try readQuery(query)
    }

    private mutating func readAddresses(_ list: Substring) throws(AMQPError) {
        if list.contains(where: { $0 == ";" || $0.isWhitespace }) {
            throw Self.invalid("several hosts are separated by commas, without spaces")
        }
        let texts = list.split(separator: ",", omittingEmptySubsequences: false)
        addresses = []
        for text in texts {
            let address = try readAddress(text, mayLackHost: texts.count == 1)
            if addresses.contains(address) { throw Self.invalid("the address \(address) stands in it twice") }
            addresses.append(address)
        }
    }

    private func readAddress(_ text: Substring, mayLackHost: Bool) throws(AMQPError) -> AMQPAddress {
        var name = text
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw Self.invalid("the bracket of the host is not closed")
            }
            name = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":") else { throw Self.invalid("only a port can follow the host's bracket") }
                portText = tail.dropFirst()
            }
        } else if let colon = text.lastIndex(of: ":") {
            name = text[..<colon]
            portText = text[text.index(after: colon)...]
            if name.contains(":") { throw Self.invalid("an IPv6 address belongs in brackets") }
        }
        var address = AMQPAddress(port: AMQPAddress.port(isSecure: tls != nil))
        if let portText {
            guard let number = Int(portText), (1...65_535).contains(number) else {
                throw Self.invalid("the port is no number in 1...65535")
            }
            address.port = number
        }
        if name.isEmpty {
            guard mayLackHost else { throw Self.invalid("a host is missing before or after a comma") }
        } else {
            address.host = try Self.decode(name, "host")
        }
        return address
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
