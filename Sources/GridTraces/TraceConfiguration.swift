//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// How a process tells of its traces.
package struct TraceConfiguration: Sendable {
    /// Where the collector is.
    package var endpoint: OTLPEndpoint
    /// The share of traces that are recorded, 0 to 1.
    package var ratio: Double
    /// The program's version.
    package var version: String
    /// The most spans that wait for the collector.
    package var capacity: Int
    /// How long one request may take.
    package var requestLimit: Duration
    /// How long spans wait for others to travel with.
    package var linger: Duration
    /// How long a stop may wait for the collector.
    package var stopLimit: Duration

    /// Creates a configuration.
    package init(
        endpoint: OTLPEndpoint,
        ratio: Double = 1,
        version: String,
        capacity: Int = SpanBuffer.standardCapacity,
        requestLimit: Duration = .seconds(10),
        linger: Duration = .seconds(1),
        stopLimit: Duration = .seconds(2)
    ) {
        self.endpoint = endpoint
        self.ratio = ratio
        self.version = version
        self.capacity = capacity
        self.requestLimit = requestLimit
        self.linger = linger
        self.stopLimit = stopLimit
    }

    /// Who tells, by OpenTelemetry's names for resources; another instance for each process that starts.
    package func resource(instance: String = UUID().uuidString.lowercased()) -> [Span.Attribute] {
        [
            .init("service.name", "gridwork"),
            .init("service.version", version),
            .init("service.instance.id", instance),
        ]
    }
}
