//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import CoreMetrics
package import GridRuntime
package import GridStore
package import Logging
package import ServiceLifecycle

/// The services that tell people what reached their posts.
package enum PushServices {
    /// Wires them.
    ///
    /// - Parameters:
    ///   - texts: Writes what people read.
    ///   - zone: By whose clocks hours are quiet.
    ///   - gateway: How short messages are sent; nil when there is no way.
    ///   - instance: Tells several senders of one process apart; for tests.
    package static func services(
        store: StateFile,
        texts: PushText,
        zone: OfficeZone,
        gateway: SMSGateway?,
        clock: WallClock = .system,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        instance: Int = 0,
        logger: Logger
    ) -> [any Service] {
        let due = Signal()
        return [
            PushSender(
                store: store,
                owner: .current(instance),
                texts: texts,
                gateway: gateway,
                clock: clock,
                due: due,
                metrics: PushMetrics(factory: metrics),
                logger: logger
            ),
            PushPlanner(store: store, zone: zone, clock: clock, due: due, logger: logger),
        ]
    }
}
