//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// The statistics of the console, their pictures, and their tables as files.
struct StatisticsConsoleRoutes {
    func add(to router: PageRouter) {
        router.get(ConsoleAddress.statistics) { visit, caller in
            let page = StatisticsPage(visit: visit, caller: caller)
            let file = try await Export.response(visit) { name, store in
                try ChartDesk.Chart(rawValue: name).map { try page.table($0, isFile: true, in: store) }
            }
            if let file { return file }
            return try await page.response()
        }
        router.get("\(ConsoleAddress.charts)/:chart") { visit, caller in
            guard let chart = visit.context.parameters.get("chart").flatMap({ ChartDesk.Chart(rawValue: $0) }) else {
                throw Problem.notFound("there is no such picture")
            }
            return try await StatisticsPage(visit: visit, caller: caller).picture(chart)
        }
    }
}
