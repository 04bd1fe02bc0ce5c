//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridMetrics
import GridRuntime
import HTTPTypes
import Hummingbird
import NIOCore

/// The figures of this process, for who looks after the node: the counts of a whole street are not for everybody.
struct MetricsRoutes {
    let page: MetricsPage?

    func add(to routes: CallerRoutes) {
        routes.get("metrics") { _, context in
            // The same answer as for what is not there, as everywhere.
            guard let page, OperationsPage.isFor(context.access) else {
                throw Problem.notFound("there is nothing at this address")
            }
            return Response.metrics(await page.text())
        }
    }
}

extension Response {
    /// A page of metrics.
    static func metrics(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: ExpositionFormat.contentType],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
