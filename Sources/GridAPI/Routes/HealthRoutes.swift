//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import HTTPTypes
import Hummingbird

/// Whether this process is worth keeping, and whether it does its work: for whoever starts, watches and balances.
///
/// Open to anybody who reaches the listener, and answered from memory: asking costs neither the state file nor the broker
/// anything.
struct HealthRoutes {
    /// The two questions.
    static let paths = ["/health/live", "/health/ready"]

    let health: Health

    func add(to router: Router<some RequestContext>) {
        for method in [HTTPRequest.Method.get, .head] {
            router.on("/health/live", method: method) { _, _ in Self.answer(health.live()) }
            router.on("/health/ready", method: method) { _, _ in Self.answer(health.ready()) }
        }
    }

    /// As `application/health+json` writes it (draft-inadarei-api-health-check-06).
    private struct Report: Encodable {
        struct Detail: Encodable {
            let status: Status
            let output: String?
        }

        enum Status: String, Encodable {
            case pass, fail
        }

        let status: Status
        let checks: [String: [Detail]]
    }

    private static func answer(_ checks: [Health.Check]) -> Response {
        let isWell = checks.allSatisfy { $0.problem == nil }
        let details = checks.map { check in
            (check.part.rawValue, [Report.Detail(status: check.problem == nil ? .pass : .fail, output: check.problem)])
        }
        let report = Report(
            status: isWell ? .pass : .fail,
            checks: Dictionary(details) { first, _ in first }
        )
        var response = Response.json(report, status: isWell ? .ok : .serviceUnavailable)
        response.headers[.contentType] = "application/health+json"
        return response
    }
}
