//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A link by which somebody signs in once without a password.
package enum Invitation {
    /// The path of the page that a link opens; the secret follows it.
    static let path = "/invitation/"

    /// The link of an invitation to a node that people reach at `base`.
    package static func link(_ secret: Secret, at base: String) -> String {
        (base.hasSuffix("/") ? String(base.dropLast()) : base) + path + secret.text
    }
}
