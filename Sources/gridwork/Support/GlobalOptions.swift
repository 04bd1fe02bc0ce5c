//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Logging

/// The options every command takes. None has a default here, or it would always win over environment and file.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: """
            The broker, amqp://user:password@host:port/vhost; host1:port,host2:port for the nodes of a cluster \
            (GRIDWORK_AMQP_URL).
            """
    )
    var amqpURL: String?

    @Option(name: .customLong("state"), help: "The path of the state file (GRIDWORK_STATE_PATH).")
    var statePath: String?

    @Option(name: .customLong("config"), help: "A JSON file with settings (GRIDWORK_CONFIG).")
    var configurationPath: String?

    @Option(help: "Where to serve the HTTP API, host:port, or off (GRIDWORK_HTTP_ADDRESS).")
    var httpAddress: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical (GRIDWORK_LOG_LEVEL).")
    var logLevel: String?

    @Flag(help: "Print JSON, errors as well.")
    var json = false
}
