//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// What can be fuzzed; `GRIDWORK_FUZZ_TARGET` names one.
///
/// A target ends the process where something is broken: a trap of Swift's own, or a `fatalError` of the target's.
/// libFuzzer then keeps the input.
enum FuzzTarget: String, CaseIterable {
    /// A message with its headers, as a mailbox hands it to the handler, over a state file.
    case message
    /// The body of a mail or a command whose headers are sound.
    case body
    /// A work order's file.
    case order
    /// An organization's file.
    case organization
    /// A field table, as librabbitmq decodes it and the client copies it.
    case table
    /// What a broker sends after the login.
    case frame

    /// The target to run.
    static let chosen: FuzzTarget = {
        let name = getenv("GRIDWORK_FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            fatalError("GRIDWORK_FUZZ_TARGET is one of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return target
    }()

    /// Tries one input.
    func run(_ input: [UInt8]) {
        switch self {
        case .message: MessageFuzz.shared.receive(MessageText.message(input))
        case .body: MessageFuzz.shared.receive(MessageFuzz.shared.message(ofBody: input))
        case .order: FileFuzz.readOrder(input)
        case .organization: FileFuzz.readOrganization(input)
        case .table: TableFuzz.read(input)
        case .frame: FrameFuzz.read(input)
        }
    }
}

/// What libFuzzer calls for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.run([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}
