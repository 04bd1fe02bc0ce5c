//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import BrokerManagement
import Configuration
import Foundation
import GridAPI
import GridModel
import GridPush
import GridRuntime
import GridTraces
import Logging
import SystemPackage

/// The settings of a run: flags first, then environment, then the file, then defaults.
///
/// | key | environment | default |
/// |---|---|---|
/// | `amqp.url` | `GRIDWORK_AMQP_URL` | `amqp://guest:guest@127.0.0.1:5672/%2F` |
/// | `amqp.heartbeatSeconds` | `GRIDWORK_AMQP_HEARTBEAT_SECONDS` | 10 (1 to 600) |
/// | `amqp.managementURL` | `GRIDWORK_AMQP_MANAGEMENT_URL` | where users are made: `http` on port 15672 of the first host of `amqp.url`, by its user; `https` on 15671 for `amqps` |
/// | `amqp.renewMailboxes` | `GRIDWORK_AMQP_RENEW_MAILBOXES` | delete and declare anew a mailbox that gives no answer: true for one address, false for several |
/// | `state.path` | `GRIDWORK_STATE_PATH` | `gridwork.sqlite` |
/// | `node.areas` | `GRIDWORK_NODE_AREAS` | all: codes, separated by commas, of the areas this node hosts |
/// | `node.except` | `GRIDWORK_NODE_EXCEPT` | none: codes of the areas inside those that other nodes host |
/// | `node.stopSeconds` | `GRIDWORK_NODE_STOP_SECONDS` | 20 (1 to 600) |
/// | `http.address` | `GRIDWORK_HTTP_ADDRESS` | `127.0.0.1:8080`: host and port to listen on; `off` serves nothing in `up` |
/// | `http.publicURL` | `GRIDWORK_HTTP_PUBLIC_URL` | `http.address` by `http`: where people reach it; with `https` cookies are for TLS only |
/// | `http.certificate` | `GRIDWORK_HTTP_CERTIFICATE` | none: a PEM file; with it and `http.key` HTTP is served over TLS |
/// | `http.key` | `GRIDWORK_HTTP_KEY` | none: the certificate's private key, a PEM file |
/// | `http.behindProxy` | `GRIDWORK_HTTP_BEHIND_PROXY` | `false`: whether `X-Forwarded-For` is a proxy's word |
/// | `metrics.address` | `GRIDWORK_METRICS_ADDRESS` | `off`: host and port at which health and metrics are served to anybody who reaches it |
/// | `traces.endpoint` | `GRIDWORK_TRACES_ENDPOINT` | `off`: where a collector takes OTLP over HTTP, `http://127.0.0.1:4318` |
/// | `traces.ratio` | `GRIDWORK_TRACES_RATIO` | 1: the share of work orders that are traced, 0 to 1 |
/// | `files.quotaMebibytes` | `GRIDWORK_FILES_QUOTA_MEBIBYTES` | 10240: what attached files may have together |
/// | `history.archiveDays` | `GRIDWORK_HISTORY_ARCHIVE_DAYS` | 365: after how many days without news an order's history goes into the archive; 0 for never |
/// | `office.timeZone` | `GRIDWORK_OFFICE_TIME_ZONE` | `Asia/Shanghai`: by whose clocks times are shown, as the IANA time zone database names it |
/// | `push.smsGateway` | `GRIDWORK_PUSH_SMS_GATEWAY` | none: a JSON file that says how short messages are sent |
/// | `log.level` | `GRIDWORK_LOG_LEVEL` | `notice` |
/// | `log.format` | `GRIDWORK_LOG_FORMAT` | `text`, or `json`: a line of JSON for each event |
struct Settings: Sendable {
    let broker: AMQPConfiguration
    /// Where users of the broker are made.
    let management: ManagementAddress
    let renewsMailboxes: Bool?
    let statePath: String
    let hosted: MailboxSelection
    let stopLimit: Duration
    /// How the HTTP API is served; nil when it is not.
    let http: APIConfiguration?
    /// Where health and metrics are served to whoever reaches it; nil when nowhere.
    let metrics: MetricsServer.Address?
    /// Where traces go; nil when nowhere.
    let traces: TraceConfiguration?
    /// Where people reach it; nil when nobody said so and it is not served.
    let publicURL: String?
    /// By whose clocks times are shown.
    let zone: OfficeZone
    /// What attached files may have together, in bytes.
    let fileQuota: Int
    /// After how many days without news an order's history goes into the archive; nil for never.
    let archiveAge: Int?
    /// The file that says how short messages are sent; nil when none are.
    let smsGatewayPath: String?
    let logLevel: Logger.Level
    let logFormat: LogFormat

    /// How events are written.
    enum LogFormat: String, CaseIterable {
        case text
        case json
    }

    /// A setting that does not hold.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the settings.
    ///
    /// - Throws: `Invalid`, naming the key and what it takes.
    static func read(_ options: GlobalOptions) async throws -> Settings {
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "gridwork")
        var flags: [AbsoluteConfigKey: ConfigValue] = [:]
        func flag(_ key: [String], _ value: String?) {
            if let value { flags[AbsoluteConfigKey(key)] = ConfigValue(.string(value), isSecret: false) }
        }
        flag(["amqp", "url"], options.amqpURL)
        flag(["state", "path"], options.statePath)
        flag(["http", "address"], options.httpAddress)
        flag(["log", "level"], options.logLevel)
        flag(["config"], options.configurationPath)
        let given = InMemoryProvider(name: "flags", values: flags)
        var providers: [any ConfigProvider] = [given, environment]
        // Where a service manager puts what only this service may read (systemd.exec(5), LoadCredential=): a file for each
        // setting, named with hyphens for the dots.
        if let path = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
            do {
                providers.append(try await DirectoryFilesProvider(directoryPath: FilePath(path)))
            } catch {
                throw Invalid(description: "the credentials in \(path) cannot be read: \(error)")
            }
        }
        if let path = ConfigReader(providers: providers).string(forKey: "config") {
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
            } catch {
                throw Invalid(description: "the configuration file \(path) cannot be read: \(error)")
            }
        }
        return try Settings(ConfigReader(providers: providers))
    }

    private init(_ reader: ConfigReader) throws {
        let url = reader.string(forKey: "amqp.url", isSecret: true) ?? "amqp://guest:guest@127.0.0.1:5672/%2F"
        var broker = try AMQPConfiguration(url: url)
        broker.heartbeat = .seconds(try Self.seconds("amqp.heartbeatSeconds", in: reader) ?? 10)
        self.broker = broker
        management =
            try reader.string(forKey: "amqp.managementURL", isSecret: true).map(ManagementAddress.init(url:))
            ?? ManagementAddress(of: broker)
        renewsMailboxes = try Self.flag("amqp.renewMailboxes", in: reader)
        statePath = reader.string(forKey: "state.path") ?? "gridwork.sqlite"
        hosted = MailboxSelection(
            areas: try Self.codes("node.areas", in: reader),
            except: try Self.codes("node.except", in: reader)
        )
        stopLimit = .seconds(try Self.seconds("node.stopSeconds", in: reader) ?? 20)
        publicURL = try Self.publicURL(in: reader)
        zone = try Self.zone(in: reader)
        http = try Self.http(in: reader, zone: zone)
        fileQuota = try Self.fileQuota(in: reader)
        archiveAge = try Self.archiveAge(in: reader)
        metrics = try Self.address(reader.string(forKey: "metrics.address") ?? "off", of: "metrics.address")
            .map { MetricsServer.Address(host: $0.host, port: $0.port) }
        traces = try Self.traces(in: reader)
        smsGatewayPath = reader.string(forKey: "push.smsGateway")
        let level = reader.string(forKey: "log.level") ?? "notice"
        guard let logLevel = Logger.Level(rawValue: level) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Invalid(description: "log.level: \(level) is none of \(levels)")
        }
        self.logLevel = logLevel
        let format = reader.string(forKey: "log.format") ?? LogFormat.text.rawValue
        guard let logFormat = LogFormat(rawValue: format) else {
            throw Invalid(description: "log.format: \(format) is neither text nor json")
        }
        self.logFormat = logFormat
    }

    /// How short messages are sent; nil when none are.
    ///
    /// - Throws: `Invalid`, naming the key.
    func smsGateway() throws -> SMSGateway? {
        guard let smsGatewayPath else { return nil }
        do {
            return try SMSGateway(path: smsGatewayPath)
        } catch {
            throw Invalid(description: "push.smsGateway: \(error)")
        }
    }

    /// A switch; read as text, since a malformed one would silently count as absent.
    private static func flag(_ key: ConfigKey, in reader: ConfigReader) throws -> Bool? {
        guard let text = reader.string(forKey: key) ?? reader.bool(forKey: key).map(String.init) else { return nil }
        guard let value = Bool(text) else { throw Invalid(description: "\(key): \(text) is neither true nor false") }
        return value
    }

    /// Codes, separated by commas.
    private static func codes(_ key: ConfigKey, in reader: ConfigReader) throws -> [UnitCode] {
        try (reader.string(forKey: key) ?? "").split(separator: ",").map { text in
            guard let code = UnitCode(text.trimmingCharacters(in: .whitespaces)) else {
                throw Invalid(description: "\(key): \(text) is not a code; give codes separated by commas")
            }
            return code
        }
    }

    private static func zone(in reader: ConfigReader) throws -> OfficeZone {
        guard let name = reader.string(forKey: "office.timeZone") else { return .china }
        guard let zone = OfficeZone(name) else {
            throw Invalid(
                description: "office.timeZone: \(name) is no time zone known here; give one like Asia/Shanghai"
            )
        }
        return zone
    }

    private static func http(in reader: ConfigReader, zone: OfficeZone) throws -> APIConfiguration? {
        guard let address = try Self.address(httpAddress(in: reader), of: "http.address") else { return nil }
        let certificate = try Self.certificate(in: reader)
        return APIConfiguration(
            host: address.host,
            port: address.port,
            isSecure: try certificate != nil || publicURL(in: reader)?.hasPrefix("https://") ?? false,
            publicURL: reader.string(forKey: "http.publicURL"),
            certificate: certificate,
            isBehindProxy: try Self.flag("http.behindProxy", in: reader) ?? false,
            zone: zone,
            fileQuota: try Self.fileQuota(in: reader)
        )
    }

    /// Where to listen; nil for `off`.
    private static func address(_ text: String, of key: ConfigKey) throws -> (host: String, port: Int)? {
        if text == "off" { return nil }
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else {
            throw Invalid(description: "\(key): \(text) is not host:port, for instance 127.0.0.1:8080, or off")
        }
        // An IPv6 address is written in brackets before a port.
        return (text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port)
    }

    private static func traces(in reader: ConfigReader) throws -> TraceConfiguration? {
        let text = reader.string(forKey: "traces.ratio") ?? reader.double(forKey: "traces.ratio").map { "\($0)" } ?? "1"
        guard let ratio = Double(text), (0...1).contains(ratio) else {
            throw Invalid(description: "traces.ratio: \(text) is not a number from 0 to 1")
        }
        guard let address = reader.string(forKey: "traces.endpoint"), address != "off" else { return nil }
        do {
            return TraceConfiguration(endpoint: try OTLPEndpoint(address), ratio: ratio, version: gridworkVersion)
        } catch {
            throw Invalid(description: "traces.endpoint: \(error)")
        }
    }

    /// What attached files may have together, in bytes.
    private static func fileQuota(in reader: ConfigReader) throws -> Int {
        let key: ConfigKey = "files.quotaMebibytes"
        guard let text = reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init) else {
            return StoredFile.standardQuota
        }
        guard let value = Int(text), (1...100_000_000).contains(value) else {
            throw Invalid(description: "\(key): \(text) is not a whole number of mebibytes from 1 to 100000000")
        }
        return value * 1_048_576
    }

    /// What an age may be, in days. Not less than messages are remembered: until then a copy of one may come and be told of.
    static let archiveDays = 90...36_500

    /// After how many days an order's history goes into the archive.
    private static func archiveAge(in reader: ConfigReader) throws -> Int? {
        let key: ConfigKey = "history.archiveDays"
        guard let text = reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init) else {
            return NodeConfiguration.standardArchiveAge
        }
        guard let value = Int(text), value == 0 || archiveDays.contains(value) else {
            throw Invalid(description: "\(key): \(text) is neither 0 nor a whole number of days from 90 to 36500")
        }
        return value == 0 ? nil : value
    }

    private static func publicURL(in reader: ConfigReader) throws -> String? {
        if let url = reader.string(forKey: "http.publicURL") {
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw Invalid(description: "http.publicURL: \(url) does not begin with https:// or http://")
            }
            return url
        }
        let address = httpAddress(in: reader)
        if address == "off" { return nil }
        return try certificate(in: reader) == nil ? "http://\(address)" : "https://\(address)"
    }

    private static func certificate(in reader: ConfigReader) throws -> APIConfiguration.CertificateFiles? {
        switch (reader.string(forKey: "http.certificate"), reader.string(forKey: "http.key")) {
        case (nil, nil): return nil
        case (let chain?, let key?): return .init(chain: chain, key: key)
        default: throw Invalid(description: "http.certificate and http.key: give both, or neither")
        }
    }

    private static func httpAddress(in reader: ConfigReader) -> String {
        reader.string(forKey: "http.address") ?? "127.0.0.1:8080"
    }

    /// A number of seconds; read as text, since a malformed number would silently count as absent.
    private static func seconds(_ key: ConfigKey, in reader: ConfigReader) throws -> Int? {
        guard let text = reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init) else { return nil }
        guard let value = Int(text), (1...600).contains(value) else {
            throw Invalid(description: "\(key): \(text) is not a whole number from 1 to 600")
        }
        return value
    }
}
