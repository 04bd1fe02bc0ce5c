//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridRuntime

/// How the API is served.
package struct APIConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port to listen on; 0 for any that is free.
    package var port: Int
    /// Whether people reach it over TLS, of its own or a proxy's: cookies are then for TLS only, and browsers are told
    /// to come back by it.
    package var isSecure: Bool
    /// Where people reach it, as was configured; nil where nobody said so.
    package var publicURL: String?
    /// What it speaks TLS with; nil where it speaks plain HTTP.
    package var certificate: CertificateFiles?
    /// Whether a proxy on this machine stands before it, whose `X-Forwarded-For` is believed.
    package var isBehindProxy: Bool
    /// By whose clocks pages show times.
    package var zone: OfficeZone
    /// How long a request may take, streams of events aside.
    package var requestLimit: Duration
    /// How long a request may take that brings photos, which phones in a lane send slowly.
    package var uploadLimit: Duration
    /// How many bytes the files attached to assignments may have together.
    package var fileQuota: Int
    /// How many connections are held at once.
    package var connectionLimit: Int
    /// How many requests a second an address or a caller may make for long, and at once.
    package var rate: Rate
    /// What passwords cost.
    package var passwordCost: PasswordHasher.Cost

    /// A certificate and its key, as files.
    package struct CertificateFiles: Sendable {
        /// The certificate in PEM, those of the authorities between it and the root after it.
        package var chain: String
        /// The private key in PEM.
        package var key: String

        /// Creates a pair.
        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// A rate of requests.
    package struct Rate: Sendable {
        /// So many a second for long.
        package var perSecond: Double
        /// So many at once.
        package var burst: Double

        /// Creates a rate.
        package init(perSecond: Double, burst: Double) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// Creates a configuration.
    package init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        isSecure: Bool = false,
        publicURL: String? = nil,
        certificate: CertificateFiles? = nil,
        isBehindProxy: Bool = false,
        zone: OfficeZone = .china,
        requestLimit: Duration = .seconds(15),
        uploadLimit: Duration = .seconds(120),
        fileQuota: Int = StoredFile.standardQuota,
        connectionLimit: Int = 1_000,
        rate: Rate = Rate(perSecond: 50, burst: 200),
        passwordCost: PasswordHasher.Cost = .standard
    ) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.publicURL = publicURL
        self.certificate = certificate
        self.isBehindProxy = isBehindProxy
        self.zone = zone
        self.requestLimit = requestLimit
        self.uploadLimit = uploadLimit
        self.fileQuota = fileQuota
        self.connectionLimit = connectionLimit
        self.rate = rate
        self.passwordCost = passwordCost
    }
}
