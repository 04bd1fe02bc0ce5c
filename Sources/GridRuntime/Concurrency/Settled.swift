//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Runs `operation` to its end even if the calling task is cancelled meanwhile.
///
/// For the few steps that belong together once begun: a transaction and the acknowledgement of what it handled. The
/// operation must bound its own time.
package func settled<Value: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    // An unstructured task is the only one that cancellation does not reach; its value is awaited, so none is left.
    try await Task { try await operation() }.value
}
