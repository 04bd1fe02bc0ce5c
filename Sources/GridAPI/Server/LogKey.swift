//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Keys of log metadata. Values are numbers, routes and types; never a name, an address of a page or a body.
enum LogKey {
    static let error = "error.type"
    static let method = "http.method"
    static let route = "http.route"
    static let status = "http.status"
    static let milliseconds = "duration.ms"
    static let person = "person.number"
    static let invited = "invited.number"
    static let address = "http.address"
}
