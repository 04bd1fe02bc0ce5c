//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
package import GridMetrics
import Synchronization

/// Counts requests by what they asked for and what was answered. Routes are counted by their patterns, so that there are
/// as many as the API has, and addresses, which hold what people asked for, stay out.
package final class RequestMetrics: Sendable {
    /// What is counted.
    package static let descriptions: [MetricDescription] = [requests, seconds]

    private static let requests = MetricDescription.counter(
        "gridwork_http_requests_total",
        "Requests that were answered, by method, pattern of the route and status."
    )
    private static let seconds = MetricDescription.histogram(
        "gridwork_http_request_duration_seconds",
        "How long requests took until their answer began, by method and pattern of the route."
    )
    /// Methods that are counted by their names, which are whatever a client writes.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct Handles {
        let requests: Counter
        let seconds: CoreMetrics.Timer
    }

    private let factory: any MetricsFactory
    private let known = Mutex<[Key: Handles]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Counts a request.
    func count(method: String, route: String, status: Int, took duration: Duration) {
        let key = Key(method: Self.methods.contains(method) ? method : "other", route: route, status: status)
        let handles = known.withLock { known in
            if let handles = known[key] { return handles }
            let labels = [("method", key.method), ("route", key.route)]
            let handles = Handles(
                requests: Counter(Self.requests, labels + [("status", "\(key.status)")], factory: factory),
                seconds: CoreMetrics.Timer(Self.seconds, labels, factory: factory)
            )
            known[key] = handles
            return handles
        }
        handles.requests.increment()
        handles.seconds.record(duration)
    }
}
