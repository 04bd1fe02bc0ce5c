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

    /// The script.
    package static let script = StaticFile(
        name: "field",
        ending: "js",
        type: "text/javascript; charset=utf-8",
        bytes: PackageResources.field_js
    )

    /// The style sheet of the console.
    package static let consoleStyle = StaticFile(
        name: "console",
        ending: "css",
        type: "text/css; charset=utf-8",
        bytes: PackageResources.console_css
    )

    /// The script of the console.
    package static let consoleScript = StaticFile(
        name: "console",
        ending: "js",
        type: "text/javascript; charset=utf-8",
        bytes: PackageResources.console_js
    )
}
