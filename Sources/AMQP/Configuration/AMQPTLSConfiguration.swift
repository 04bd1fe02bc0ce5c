//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Says which certificates a connection uses and what it checks; TLS 1.2 is the oldest version spoken.
public struct AMQPTLSConfiguration: Sendable, Equatable {
    /// The PEM file with the authorities to trust, or `nil` to trust none (then ``verifyPeer`` must be off).
    public var certificateAuthorityFile: String?
    /// The PEM file with this side's certificate chain, or `nil` to show none.
    public var certificateFile: String?
    /// The PEM file with the private key of ``certificateFile``.
    public var privateKeyFile: String?
    /// Whether the broker's certificate must be signed by a trusted authority (default: true).
    public var verifyPeer: Bool
    /// Whether the broker's certificate must name the host connected to (default: true).
    ///
    /// The C library compares host names only: a certificate for an IP address is refused, name the host instead.
    public var verifyHostName: Bool

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - certificateAuthorityFile: The PEM file with the authorities to trust.
    ///   - certificateFile: The PEM file with the client's certificate chain; needs `privateKeyFile`.
    ///   - privateKeyFile: The PEM file with the client's private key.
    ///   - verifyPeer: Whether to check the signature of the broker's certificate.
    ///   - verifyHostName: Whether to check the name in the broker's certificate.
    public init(
        certificateAuthorityFile: String? = nil,
        certificateFile: String? = nil,
        privateKeyFile: String? = nil,
        verifyPeer: Bool = true,
        verifyHostName: Bool = true
    ) {
        self.certificateAuthorityFile = certificateAuthorityFile
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.verifyPeer = verifyPeer
        self.verifyHostName = verifyHostName
    }
}
