//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPConfiguration {
    /// The URL that ``init(url:)`` reads as the same addresses, user, password and virtual host; for whoever is to connect
    /// there. The password stands in it: it is nothing to log.
    ///
    /// Files and times are not in it, since they are those of this machine.
    public var url: String {
        let hosts = addresses.map { address in
            let host = address.host.contains(":") ? "[\(address.host)]" : Self.encode(address.host)
            return "\(host):\(address.port)"
        }
        let user = "\(Self.encode(username)):\(Self.encode(password))"
        return "\(tls == nil ? "amqp" : "amqps")://\(user)@\(hosts.joined(separator: ","))/\(Self.encode(virtualHost))"
    }

    /// Writes every byte as `%XX` that is none of the unreserved ones of RFC 3986.
    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
