//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import GridRuntime
import HTTPTypes
import Hummingbird

/// What an operator looks after, and what she does about dead letters.
struct OperationsRoutes {
    func add(to router: PageRouter) {
        router.get(ConsoleAddress.operations) { visit, caller in
            let page = OperationsPage(visit: visit, caller: caller)
            if let file = try await Export.response(visit, reading: { try await page.table($0) }) { return file }
            let isDone = visit.query("did") == OperationsPage.done
            return try await page.response(notice: isDone ? .good(visit.texts("noticeLetterDone")) : nil)
        }
        router.post("\(ConsoleAddress.letters)/:key/replay") { visit, caller in
            try await act(visit, caller) { try await $0.replay($1) }
        }
        router.post("\(ConsoleAddress.letters)/:key/discard") { visit, caller in
            try await act(visit, caller) { try await $0.discard($1) }
        }
    }

    private func act(
        _ visit: PageVisit,
        _ caller: Caller,
        _ body: @Sendable (any OperationsDesk, String) async throws -> DeadLetterDesk.Result
    ) async throws -> Response {
        guard let key = visit.context.parameters.get("key") else { throw Problem.notFound("there is no such letter") }
        return try await OperationsPage(visit: visit, caller: caller).act(on: key, body)
    }
}
