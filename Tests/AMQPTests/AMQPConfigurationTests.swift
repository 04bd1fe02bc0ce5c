//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("AMQPConfiguration")
struct AMQPConfigurationTests {
    @Test("Reads every part of a URL")
    func readsEverything() throws {
        let configuration = try AMQPConfiguration(
            url:
                "amqp://us%65r:p%40ss%3Aword@rabbit.example:5673/street%2F9?heartbeat=7&connection_timeout=1500&name=node%201"
        )
        #expect(configuration.addresses == [AMQPAddress(host: "rabbit.example", port: 5673)])
        #expect(configuration.username == "user")
        #expect(configuration.password == "p@ss:word")
        #expect(configuration.virtualHost == "street/9")
        #expect(configuration.heartbeat == .seconds(7))
        #expect(configuration.connectTimeout == .milliseconds(1_500))
        #expect(configuration.connectionName == "node 1")
        #expect(configuration.tls == nil)
    }

    @Test(
        "Fills in what a URL leaves out",
        arguments: [
            ("amqp://", AMQPConfiguration()),
            ("AMQP://host", AMQPConfiguration(addresses: [AMQPAddress(host: "host")])),
            ("amqp://:1234", AMQPConfiguration(addresses: [AMQPAddress(port: 1234)])),
            ("amqp://user@", AMQPConfiguration(username: "user")),
            ("amqp://host/", AMQPConfiguration(addresses: [AMQPAddress(host: "host")], virtualHost: "")),
            ("amqp://host/%2F", AMQPConfiguration(addresses: [AMQPAddress(host: "host")], virtualHost: "/")),
            ("amqp://host/%2f?heartbeat=10", AMQPConfiguration(addresses: [AMQPAddress(host: "host")])),
            ("amqp://[::1]:99/v", AMQPConfiguration(addresses: [AMQPAddress(host: "::1", port: 99)], virtualHost: "v")),
            (
                "amqp://u:a@b@host",
                AMQPConfiguration(addresses: [AMQPAddress(host: "host")], username: "u", password: "a@b")
            ),
            (
                "amqps://host",
                AMQPConfiguration(addresses: [AMQPAddress(host: "host", port: 5671)], tls: AMQPTLSConfiguration())
            ),
        ]
    )
    func fillsIn(url: String, expected: AMQPConfiguration) throws {
        #expect(try AMQPConfiguration(url: url) == expected)
    }

    @Test(
        "Reads the nodes of a cluster, each with its own port or the scheme's",
        arguments: [
            ("amqp://u:p@one,two:5673,three/v", [("one", 5672), ("two", 5673), ("three", 5672)]),
            ("amqps://one:99,two", [("one", 99), ("two", 5671)]),
            ("amqp://[::1],[::2]:5673?heartbeat=5", [("::1", 5672), ("::2", 5673)]),
            ("amqp://u:a,b@one:1,one:2/", [("one", 1), ("one", 2)]),
        ]
    )
    func readsCluster(url: String, expected: [(String, Int)]) throws {
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.addresses == expected.map { AMQPAddress(host: $0, port: $1) })
    }

    @Test(
        "Says what is wrong with a list of nodes",
        arguments: [
            ("amqp://one,", "a host is missing before or after a comma"),
            ("amqp://one,,two", "a host is missing before or after a comma"),
            ("amqp://:5672,:5673", "a host is missing before or after a comma"),
            ("amqp://one,two,one:5672", "the address one:5672 stands in it twice"),
            ("amqp://one:5672;two:5672", "several hosts are separated by commas, without spaces"),
            ("amqp://one, two", "several hosts are separated by commas, without spaces"),
            ("amqp://u:p@one,u:p@two/v", "user and password are written once, before the first host"),
            (
                "amqp://u:p@one/v,amqp://u:p@two/v",
                "several nodes share one URL, as in amqp://user:password@host1:5672,"
            ),
            ("amqp://one,amqp://two", "several nodes share one URL, as in amqp://user:password@host1:5672,"),
        ]
    )
    func refusesList(url: String, problem: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    }

    @Test("Reads the files and the switches of a TLS URL")
    func readsTLS() throws {
        let url = "amqps://host?cacertfile=%2Fetc%2Fca.pem&certfile=/c.pem&keyfile=/k.pem&verify=verify_none"
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.addresses == [AMQPAddress(host: "host", port: 5671)])
        #expect(
            configuration.tls
                == AMQPTLSConfiguration(
                    certificateAuthorityFile: "/etc/ca.pem",
                    certificateFile: "/c.pem",
                    privateKeyFile: "/k.pem",
                    verifyPeer: false,
                    verifyHostName: false
                )
        )
    }

    @Test(
        "Refuses a URL that cannot be meant",
        arguments: [
            "", "host", "http://host", "amqp:/host", "amqp://host:0", "amqp://host:65536", "amqp://host:port",
            "amqp://::1", "amqp://[::1", "amqp://[::1]x", "amqp://host/a/b", "amqp://host/%", "amqp://host/%2",
            "amqp://host/%zz", "amqp://host/%FF", "amqp://host/%00", "amqp://host?heartbeat=0",
            "amqp://host?heartbeat=x",
            "amqp://host?heartbeat", "amqp://host?unknown=1", "amqp://host?cacertfile=/ca.pem", "amqp://host#fragment",
            "amqps://host?verify=maybe",
        ]
    )
    func refuses(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .invalidURL)
    }

    @Test("Refuses frames too small for the protocol or too large for the stack", arguments: [4_095, 131_073])
    func refusesFrameSize(size: Int) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(frameMax: size).validate() }
        #expect(error?.code == .invalidArgument)
    }

    @Test(
        "Writes the URL that is read as the same broker",
        arguments: [
            "amqp://user:secret@host:5672/%2F", "amqp://a%40b:%3A%2F%3F%23%25@host1:1,host-2:2,[::1]:3/v%20w",
            "amqps://u:p@host:5671/",
            "amqp://agent.liaison.31010500201500101001:x@127.0.0.1:5672/%E5%8C%BA",
        ]
    )
    func writes(url: String) throws {
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.url == url)
        #expect(try AMQPConfiguration(url: configuration.url) == configuration)
    }

    @Test("Never shows the password")
    func redacts() throws {
        let configuration = try AMQPConfiguration(url: "amqp://user:secret@host,[::1]:9/v")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("secret"))
        }
        #expect("\(configuration)" == "amqp://user:***@host:5672,[::1]:9/v")
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: "amqp://user:sec%zzret@host/v") }
        #expect(error.map { !String(reflecting: $0).contains("sec%zz") } == true)
    }
}
