//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A file that pages refer to, the same for everybody.
package struct StaticFile: Sendable {
    /// The name without its ending.
    package let name: String
    /// The ending.
    package let ending: String
    /// The media type.
    package let type: String
    /// The content.
    package let bytes: [UInt8]

    /// The style sheet.
    package static let style = StaticFile(
        name: "field",
        ending: "css",
        type: "text/css; charset=utf-8",
        bytes: PackageResources.field_css
    )

    /// The script of the field pages.
    package static let script = StaticFile(script: "field", PackageResources.field_js)

    /// The script that tells a page when to look again; before those that look.
    package static let live = StaticFile(script: "live", PackageResources.live_js)

    /// The style sheet of the console.
    package static let consoleStyle = StaticFile(
        name: "console",
        ending: "css",
        type: "text/css; charset=utf-8",
        bytes: PackageResources.console_css
    )

    /// The script of the console.
    package static let consoleScript = StaticFile(script: "console", PackageResources.console_js)

    /// The script that keeps on a phone what waits to be sent.
    package static let kept = StaticFile(script: "kept", PackageResources.kept_js)

    /// The script that shows what was kept and not accepted.
    package static let refused = StaticFile(script: "refused", PackageResources.refused_js)

    /// The script that keeps an order while it is written.
    package static let draft = StaticFile(script: "draft", PackageResources.draft_js)

    /// The sign of the pages in a browser's tab.
    package static let icon = StaticFile(
        name: "icon",
        ending: "svg",
        type: "image/svg+xml",
        bytes: PackageResources.icon_svg
    )

    /// All files.
    package static let all = [icon, style, script, live, kept, refused, consoleStyle, consoleScript, draft]

    private init(name: String, ending: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.ending = ending
        self.type = type
        self.bytes = bytes
    }

    private init(script name: String, _ bytes: [UInt8]) {
        self.init(name: name, ending: "js", type: "text/javascript; charset=utf-8", bytes: bytes)
    }
}
