//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import BrokerManagement
import GridModel
import GridRuntime
import Testing

@Suite("What the credential of a post's agent allows")
struct AgentAccountTests {
    private static func account() throws -> AgentAccount {
        let organization = try OrganizationFile.organization(from: Street.small.file())
        return try #require(AgentAccount(of: Street.small.liaison(1, 1, 1), in: organization))
    }

    @Test("The user is named after the post, and the post is read from the name")
    func name() throws {
        let post = Street.small.liaison(1, 1, 1)
        #expect(AgentAccount.name(of: post) == "agent.liaison.99999900100100101001")
        #expect(AgentAccount.post(ofUser: AgentAccount.name(of: post)) == post)
        for other in [
            "guest", "agent.liaison", "agent.liaison.x", "agents.liaison.999999001", "agent.liaison.999999001.2",
        ] {
            #expect(AgentAccount.post(ofUser: other) == nil, "\(other)")
        }
    }

    @Test("It configures nothing, reads its own queue, and writes commands alone")
    func permission() throws {
        let permission = try Self.account().permission
        #expect(permission.user == "agent.liaison.99999900100100101001")
        #expect(permission.configure == "^$")
        #expect(permission.read == #"^agent\.liaison\.99999900100100101001\z"#)
        #expect(permission.write == #"^gridwork\.commands\z"#)
    }

    @Test("On both topic exchanges its keys are limited, since RabbitMQ allows all keys where there is no rule")
    func topics() throws {
        let topics = try Self.account().topicPermissions
        #expect(topics.map(\.exchange).sorted() == ["gridwork", "gridwork.commands"])
        let commands = try #require(topics.first { $0.exchange == "gridwork.commands" })
        #expect(commands.write == #"^cell\.999999001001001\.liaison\.99999900100100101001\.[A-Za-z]+\z"#)
        #expect(topics.allSatisfy { $0.read == "^$" })
    }

    @Test("Its queue is replicated and bounded, and bound to its post's mail alone")
    func queue() throws {
        let account = try Self.account()
        #expect(account.queue.name == account.name)
        #expect(account.queue.arguments["x-queue-type"] == .string("quorum"))
        #expect(account.queue.arguments["x-max-length"] != nil && account.queue.arguments["x-max-length-bytes"] != nil)
        #expect(account.binding.source == "gridwork" && account.binding.queue == account.name)
        #expect(account.binding.routingKey == "cell.999999001001001.liaison.99999900100100101001.#")
    }
}

@Suite("The address of the management API")
struct ManagementAddressTests {
    @Test("A URL is read with its user, and TLS by its scheme")
    func read() throws {
        let plain = try ManagementAddress(url: "http://admin:s%40cret@rabbit1")
        #expect(plain.host == "rabbit1" && plain.port == 15_672 && !plain.isSecure)
        #expect(plain.username == "admin" && plain.password == "s@cret")
        let secure = try ManagementAddress(url: "https://admin:secret@[::1]:4430/")
        #expect(secure.host == "::1" && secure.port == 4_430 && secure.isSecure)
        #expect(!"\(secure) \(String(reflecting: secure))".contains("secret"))
    }

    @Test(
        "A URL that does not hold is refused without repeating its password",
        arguments: [
            "", "rabbit1:15672", "amqp://admin:secret@rabbit1", "http://rabbit1", "http://admin:secret@",
            "http://admin:secret@rabbit1/api", "http://admin:secret@rabbit1?cacertfile=/x",
            "https://admin:secret@rabbit1?x=y",
            "http://admin@rabbit1",
        ]
    )
    func refused(url: String) {
        do {
            _ = try ManagementAddress(url: url)
            Issue.record("\(url) was read")
        } catch {
            #expect(error.code == .invalidURL)
            #expect(!error.message.contains("secret"))
        }
    }

    @Test("Where it is not given it is beside the broker, for the same user, over TLS where AMQP is")
    func derived() throws {
        let plain = ManagementAddress(of: try AMQPConfiguration(url: "amqp://a:b@rabbit1,rabbit2/v"))
        #expect(plain == (try ManagementAddress(url: "http://a:b@rabbit1:15672")))
        let secure = ManagementAddress(of: try AMQPConfiguration(url: "amqps://a:b@rabbit1?cacertfile=/x.pem"))
        #expect(secure == (try ManagementAddress(url: "https://a:b@rabbit1:15671")))
    }
}
