//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc

extension Driver {
    /// The version of this library, as shown in the broker's lists.
    private static let version = "0.1.0"

    /// Connects and logs in; blocks the thread for at most twice the connect timeout.
    ///
    /// Looking up the host's name is the one step without a limit of ours: the system's resolver has its own.
    ///
    /// - Throws: ``AMQPError/Code/connectFailed``, ``AMQPError/Code/tlsFailed`` or
    ///   ``AMQPError/Code/authenticationFailed``.
    static func connect(_ configuration: AMQPConfiguration, to address: AMQPAddress) throws(AMQPError) -> Driver {
        guard let connection = amqp_new_connection() else {
            throw AMQPError(.connectFailed, "Out of memory.")
        }
        let watchdog: Watchdog
        do {
            try openSocket(connection, address, configuration)
            watchdog = Watchdog(socket: amqp_get_sockfd(connection), limit: configuration.operationTimeout)
            try login(connection, configuration)
        } catch {
            amqp_destroy_connection(connection)
            throw error
        }
        return try Driver(takingOwnership: connection, watchdog: watchdog, usesTLS: configuration.tls != nil)
    }

    private static func openSocket(
        _ connection: amqp_connection_state_t,
        _ address: AMQPAddress,
        _ configuration: AMQPConfiguration
    ) throws(AMQPError) {
        let socket: OpaquePointer?
        if let tls = configuration.tls {
            socket = amqp_ssl_socket_new(connection)
            if let socket { try configure(socket, tls) }
        } else {
            socket = amqp_tcp_socket_new(connection)
        }
        guard let socket else { throw AMQPError(.connectFailed, "No socket could be made.") }
        var timeout = configuration.connectTimeout.inTimeval
        let status = amqp_socket_open_noblock(socket, address.host, Int32(address.port), &timeout)
        if status != AMQP_STATUS_OK.rawValue {
            throw connectError(status, "The connection to \(address) could not be made")
        }
    }

    private static func configure(_ socket: OpaquePointer, _ tls: AMQPTLSConfiguration) throws(AMQPError) {
        func check(_ status: Int32, _ what: String) throws(AMQPError) {
            if status != AMQP_STATUS_OK.rawValue { throw AMQPError(.tlsFailed, "\(what) cannot be used.") }
        }
        amqp_ssl_socket_set_verify_peer(socket, tls.verifyPeer ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, tls.verifyHostName ? 1 : 0)
        // 0.11 would still speak TLS 1.0.
        try check(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), "TLS 1.2")
        if let file = tls.certificateAuthorityFile {
            try check(amqp_ssl_socket_set_cacert(socket, file), "The file of certificate authorities")
        }
        if let certificate = tls.certificateFile {
            guard let key = tls.privateKeyFile else {
                throw AMQPError(.invalidArgument, "A client certificate needs its private key.")
            }
            try check(amqp_ssl_socket_set_key(socket, certificate, key), "The client certificate or its key")
        }
    }

    private static func login(
        _ connection: amqp_connection_state_t,
        _ configuration: AMQPConfiguration
    ) throws(AMQPError) {
        var timeout = configuration.connectTimeout.inTimeval
        amqp_set_handshake_timeout(connection, &timeout)
        let arena = WireArena()
        var properties = arena.table(clientProperties(configuration))
        let reply = gridwork_amqp_login_plain(
            connection,
            configuration.virtualHost,
            0,
            Int32(configuration.frameMax),
            Int32(clamping: configuration.heartbeat.components.seconds),
            &properties,
            configuration.username,
            configuration.password
        )
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            guard reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD, let decoded = reply.reply.decoded else { break }
            let close = decoded.load(as: amqp_connection_close_t.self)
            let (code, text) = (close.reply_code, close.reply_text.text)
            if code == 403 {
                throw AMQPError(
                    .authenticationFailed,
                    "The broker refused the login.",
                    replyCode: code,
                    replyText: text
                )
            }
            throw AMQPError(.connectFailed, "The broker refused the connection.", replyCode: code, replyText: text)
        default:
            throw connectError(reply.library_error, "The broker did not complete the login")
        }
        throw AMQPError(.protocolViolation, "The broker answered the login with something unexpected.")
    }

    /// What we tell the broker about ourselves.
    ///
    /// Without the first two capabilities the broker would neither say that a queue was deleted under a consumer nor that
    /// it is short of memory; the library itself asks for neither.
    private static func clientProperties(_ configuration: AMQPConfiguration) -> AMQPTable {
        var properties: AMQPTable = [
            "product": "Gridwork AMQP",
            "version": .string(version),
            "platform": "Swift",
            "information": "Apache-2.0",
            "capabilities": [
                "consumer_cancel_notify": true,
                "connection.blocked": true,
                "publisher_confirms": true,
                "basic.nack": true,
                "authentication_failure_close": true,
                "exchange_exchange_bindings": true,
            ],
        ]
        if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
        return properties
    }
}

// MARK: - Errors

extension Driver {
    private static func describe(_ status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
    }

    /// An error met before the connection stood.
    private static func connectError(_ status: Int32, _ what: String) -> AMQPError {
        let refusals = [AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED, AMQP_STATUS_SSL_PEER_VERIFY_FAILED]
        let code: AMQPError.Code = refusals.contains { $0.rawValue == status } ? .tlsFailed : .connectFailed
        return AMQPError(code, "\(what): \(describe(status)).")
    }

    /// An error met on a connection that stood.
    static func error(_ status: Int32, _ watchdog: Watchdog) -> AMQPError {
        if watchdog.hasFired {
            return AMQPError(.operationTimedOut, "The broker took nothing for too long, so the connection was ended.")
        }
        switch status {
        case AMQP_STATUS_BAD_AMQP_DATA.rawValue, AMQP_STATUS_UNKNOWN_CLASS.rawValue,
            AMQP_STATUS_UNKNOWN_METHOD.rawValue:
            return AMQPError(.protocolViolation, "The broker sent what cannot be decoded: \(describe(status)).")
        default:
            return AMQPError(.connectionClosed, "The connection broke: \(describe(status)).")
        }
    }

    /// An error met while sending.
    static func sendError(_ status: Int32, _ watchdog: Watchdog) -> AMQPError {
        switch status {
        case AMQP_STATUS_TABLE_TOO_BIG.rawValue, AMQP_STATUS_BAD_AMQP_DATA.rawValue,
            AMQP_STATUS_INVALID_PARAMETER.rawValue:
            AMQPError(.invalidArgument, "The arguments or headers do not fit in a frame.")
        default:
            error(status, watchdog)
        }
    }
}
