//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import BrokerManagement
import Foundation
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// What went wrong, for people and for programs: an RFC 9457 problem and an exit code of sysexits(3).
struct Failure: Sendable {
    /// A problem as RFC 9457 writes it.
    struct Problem: Codable {
        let type: String
        let title: String
        let detail: String
        var reason: String?
        var findings: [Finding]?

        struct Finding: Codable {
            let pointer: String
            let line: Int?
            let message: String
        }
    }

    let problem: Problem
    let exitCode: Int32

    /// The exit codes; the README lists them.
    enum Exit {
        /// The rules refused what was asked, or something was found wrong.
        static let refused: Int32 = 1
        /// EX_USAGE: the command line does not hold.
        static let usage: Int32 = 64
        /// EX_DATAERR: a file given does not hold.
        static let data: Int32 = 65
        /// EX_NOINPUT: a file given cannot be read, or what was asked for does not exist.
        static let noInput: Int32 = 66
        /// EX_UNAVAILABLE: the broker cannot be reached.
        static let unavailable: Int32 = 69
        /// EX_SOFTWARE: an error of gridwork itself.
        static let software: Int32 = 70
        /// EX_IOERR: the state file failed.
        static let io: Int32 = 74
        /// EX_TEMPFAIL: another process kept the state file busy; try again.
        static let temporary: Int32 = 75
        /// EX_CONFIG: a setting does not hold.
        static let configuration: Int32 = 78
    }

    init(_ kind: String, _ title: String, _ detail: String, exit: Int32) {
        problem = Problem(type: "https://gridwork.example/problems/\(kind)", title: title, detail: detail)
        exitCode = exit
    }

    /// Makes a failure of any error a command can end with.
    init(_ error: any Error) {
        switch error {
        case let error as CommandFailure:
            self = error.failure
        case let error as Refusal:
            self.init(error)
        case let error as LocalDesk.NoOrganization:
            self.init("no-organization", "No organization", error.description, exit: Exit.noInput)
        case let error as OrganizationFile.Unreadable:
            self.init("bad-file", "The file cannot be read", error.description, exit: Exit.data)
        case let error as BadMessage:
            self.init("bad-file", "The file does not fit its schema", error.reason, exit: Exit.data)
        case let error as Settings.Invalid:
            self.init("bad-setting", "A setting does not hold", error.description, exit: Exit.configuration)
        case let error as APIServer.CannotServe:
            self.init("bad-setting", "A setting does not hold", error.description, exit: Exit.configuration)
        case let error as HostedElsewhere:
            self.init("hosted-elsewhere", "Another node hosts the area", error.description, exit: Exit.configuration)
        case let error as StoreError:
            self.init(error)
        case let error as AMQPError where error.code == .invalidURL:
            self.init("bad-setting", "A setting does not hold", "amqp.url: \(error)", exit: Exit.configuration)
        case let error as AMQPError:
            self.init("broker", "The broker cannot be reached", "\(error)", exit: Exit.unavailable)
        case let error as AgentCredentials.Exists:
            self.init("exists", "The credential is there already", error.description, exit: Exit.refused)
        case let error as PermissionDoctor.NoPlace:
            self.init("no-place", "There is nothing to try with", error.description, exit: Exit.usage)
        case let error as PermissionDoctor.NoAgent:
            self.init("no-agent", "The address is not an agent's", error.description, exit: Exit.usage)
        case let error as ManagementError:
            self.init(error)
        case is CancellationError:
            self.init("stopped", "Stopped", "stopped before it was done", exit: Exit.temporary)
        default:
            self.init("internal", "Something unexpected happened", "\(error)", exit: Exit.software)
        }
    }

    private init(_ refusal: Refusal) {
        var problem = Problem(
            type: "https://gridwork.example/problems/refused",
            title: "Refused",
            detail: refusal.detail
        )
        problem.reason = refusal.reason.rawValue
        self.problem = problem
        exitCode = Exit.refused
    }

    private init(_ error: StoreError) {
        switch error.code {
        case .busy: self.init("state-file", "The state file is busy", error.message, exit: Exit.temporary)
        case .exists: self.init("exists", "The file is there already", error.message, exit: Exit.refused)
        default: self.init("state-file", "The state file failed", error.message, exit: Exit.io)
        }
    }

    private init(_ error: ManagementError) {
        switch error.code {
        case .invalidURL, .notAllowed:
            let detail = "amqp.managementURL: \(error.message)"
            self.init("bad-setting", "A setting does not hold", detail, exit: Exit.configuration)
        default:
            self.init("broker", "The broker's management cannot be asked", error.message, exit: Exit.unavailable)
        }
    }

    init(_ problem: Problem, exit: Int32) {
        self.problem = problem
        exitCode = exit
    }
}

/// A failure that a command states itself.
struct CommandFailure: Error {
    let failure: Failure

    /// A thing that was asked for does not exist.
    static func notFound(_ detail: String) -> CommandFailure {
        CommandFailure(failure: Failure("not-found", "Not found", detail, exit: Failure.Exit.noInput))
    }

    /// The command line does not hold.
    static func usage(_ detail: String) -> CommandFailure {
        CommandFailure(failure: Failure("usage", "The command line does not hold", detail, exit: Failure.Exit.usage))
    }

    /// A file cannot be read.
    static func noInput(_ detail: String) -> CommandFailure {
        CommandFailure(failure: Failure("no-input", "A file cannot be read", detail, exit: Failure.Exit.noInput))
    }
}
