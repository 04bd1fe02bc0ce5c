//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("A round over the addresses of a broker")
struct ConnectionRoundTests {
    private let addresses = (1...4).map { AMQPAddress(host: "node\($0)") }

    @Test("Goes to every address once, in no fixed order, and last to the one that was lost")
    func order() {
        let configuration = AMQPConfiguration(addresses: addresses)
        var firsts: Set<AMQPAddress> = []
        for _ in 0..<200 {
            let round = configuration.round(avoiding: addresses[1])
            #expect(Set(round) == Set(addresses))
            #expect(round.count == addresses.count)
            #expect(round.last == addresses[1])
            firsts.insert(round[0])
        }
        #expect(firsts.count == 3)
        #expect(Set((0..<200).map { _ in configuration.round(avoiding: nil)[0] }) == Set(addresses))
    }

    @Test(
        "Fails with what tells most: a refused login, then what may get better, then a certificate",
        arguments: [
            ([.down, .login, .certificate], AMQPError.Code.authenticationFailed, false),
            ([.down, .noVirtualHost], .connectFailed, false),
            ([.certificate, .down], .connectFailed, true),
            ([.certificate, .certificate], .tlsFailed, false),
            ([.down], .connectFailed, true),
        ] as [([Failure], AMQPError.Code, Bool)]
    )
    func tellsMost(failures: [Failure], code: AMQPError.Code, isRetriable: Bool) {
        let error = AMQPError(ofRound: failures.map(\.error))
        #expect(error.code == code)
        #expect(error.isRetriable == isRetriable)
        for failure in failures { #expect(error.message.contains(failure.error.message)) }
    }

    enum Failure {
        case down, login, noVirtualHost, certificate

        var error: AMQPError {
            switch self {
            case .down: AMQPError(.connectFailed, "Nobody is there.")
            case .login: AMQPError(.authenticationFailed, "The login was refused.", replyCode: 403)
            case .noVirtualHost: AMQPError(.connectFailed, "No such virtual host.", replyCode: 530)
            case .certificate: AMQPError(.tlsFailed, "The certificate names another host.")
            }
        }
    }
}
