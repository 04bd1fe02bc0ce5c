//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// The escalations of the console, and answering them.
struct EscalationConsoleRoutes {
    let services: APIServices

    func add(to router: PageRouter) {
        router.get(ConsoleAddress.escalations) { visit, caller in
            let page = EscalationPage(visit: visit, caller: caller)
            let file = try await Export.response(visit) { name, store in
                guard name == EscalationPage.tableName else { return nil }
                return page.table(try EscalationPage.escalations(caller.access, in: store))
            }
            if let file { return file }
            let isDone = visit.query("did") == CommandVerb.answer.rawValue
            let notice = isDone ? PageFrame.Notice.good(visit.texts("done", of: CommandVerb.answer.rawValue)) : nil
            return try await page.response(notice: notice)
        }
        router.post("\(ConsoleAddress.escalations)/:assignment/answer", answer)
    }

    private func answer(_ visit: PageVisit, _ caller: Caller) async throws -> Response {
        guard let id = visit.context.parameters.get("assignment").flatMap({ AssignmentID($0) }) else {
            throw Problem.notFound("there is no such assignment")
        }
        let form = try await PageForm.read(visit)
        do {
            _ = try await AssignmentDesk(services: services).perform(
                .answer,
                on: id,
                as: try caller.access.actor(named: form.actor.flatMap { PostAddress($0) }),
                body: try form.body(for: .answer, in: services.configuration.zone),
                terms: form.terms,
                access: caller.access
            )
        } catch {
            guard let text = FieldRoutes.notice(error), let problem = Problem.of(error) else { throw error }
            let given = GivenForm(
                verb: .answer,
                answer: form.answer.flatMap { AnswerKind(rawValue: $0) },
                note: form.writtenNote
            )
            return try await EscalationPage(visit: visit, caller: caller)
                .response(status: problem.status, notice: .bad(visit.texts(text)), given: (id, given))
        }
        return .seeOther("\(ConsoleAddress.escalations)?did=\(CommandVerb.answer.rawValue)")
    }
}
