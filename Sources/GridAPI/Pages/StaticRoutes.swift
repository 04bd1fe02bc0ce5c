//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import HTTPTypes
import Hummingbird
import NIOCore

/// Where a browser finds a file of the pages: under an address that changes with its content, and so is kept for good.
struct StaticAddress: Sendable {
    static let style = StaticAddress(.style)
    static let icon = StaticAddress(.icon)
    static let consoleStyle = StaticAddress(.consoleStyle)
    /// The scripts of the field pages, in the order in which they run.
    static let scripts = [StaticFile.live, .kept, .refused, .script].map(StaticAddress.init)
    /// Those of the console.
    static let consoleScripts = [StaticFile.live, .draft, .consoleScript].map(StaticAddress.init)
    /// All files.
    static let all = StaticFile.all.map(StaticAddress.init)

    let file: StaticFile
    let path: String

    private init(_ file: StaticFile) {
        self.file = file
        let hash = Primitives.sha256(file.bytes).prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        path = "\(PageAddress.home)/static/\(file.name)-\(hash.joined()).\(file.ending)"
    }

    /// Adds the files to the router.
    static func add(to router: Router<APIContext>) {
        for address in all {
            for method in [HTTPRequest.Method.get, .head] {
                router.on(RouterPath(address.path), method: method) { _, _ in address.response }
            }
        }
    }

    private var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: file.type, .cacheControl: "public, max-age=31536000, immutable"],
            body: .init(byteBuffer: ByteBuffer(bytes: file.bytes))
        )
    }
}
