//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HTTPTypes
import Hummingbird

/// Where somebody goes on who had to sign in first.
enum SignInReturn {
    /// The parameter of the sign-in page, and the field of its form, with the address.
    static let parameter = "to"
    private static let longest = 512

    /// Where whoever asks for a page without being signed in is sent, with the way back: a push has a link to an item.
    static func signIn(before request: Request) -> String {
        let path = request.uri.path
        guard let address = request.method == .post ? form(of: path) : page(request) else { return PageAddress.signIn }
        return "\(PageAddress.signIn)?\(parameter)=\(escaped(address))"
    }

    private static func page(_ request: Request) -> String? {
        let path = request.uri.path
        guard leads(to: path), path != PageAddress.home else { return nil }
        return path + (request.uri.query.map { "?\($0)" } ?? "")
    }

    /// The page with the form that was sent to a path, where her browser keeps what was written in it.
    private static func form(of path: String) -> String? {
        [ConsoleAddress.issue, ConsoleAddress.plan, ConsoleAddress.issued].contains(path) ? ConsoleAddress.issue : nil
    }

    /// Whether a path is that of a page to go on at.
    private static func leads(to path: String) -> Bool {
        ConsoleAddress.isConsole(path)
            || (PageAddress.isField(path) && ![PageAddress.signIn, PageAddress.signOut].contains(path))
    }

    /// The address to go on at; nil unless it is a page of this node, written plainly: one that begins with two slashes,
    /// or a slash and a backslash, would name another server.
    static func address(_ text: String?) -> String? {
        guard let text, text.utf8.count <= longest, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x5c }),
            !text.hasPrefix("//"), leads(to: String(text.prefix { $0 != "?" && $0 != "#" }))
        else { return nil }
        return text
    }

    /// A text as the value of a query's part.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                String(Unicode.Scalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        .joined()
    }
}
