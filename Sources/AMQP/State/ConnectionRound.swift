//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPConfiguration {
    /// The addresses in the order in which they are to be tried: shuffled, so that clients spread over the nodes and those
    /// that lose one together do not all go to the next.
    ///
    /// - Parameter lost: The address to try last.
    func round(avoiding lost: AMQPAddress?) -> [AMQPAddress] {
        addresses.filter { $0 != lost }.shuffled() + addresses.filter { $0 == lost }
    }
}

extension AMQPError {
    /// What it comes to when no address took the connection.
    ///
    /// - Parameter failures: What went wrong at each, at least one.
    init(ofRound failures: [AMQPError]) {
        // Users and virtual hosts are the same on every node, so a refusal holds for the nodes that are away as well; a
        // certificate is one node's own, and another node that is away may come back.
        let telling =
            failures.first { $0.isRefusal && $0.code != .tlsFailed }
            ?? failures.first(where: \.isRetriable) ?? failures[0]
        guard failures.count > 1 else {
            self = telling
            return
        }
        self.init(
            telling.code,
            "None of \(failures.count) addresses took the connection. "
                + failures.map(\.message).joined(separator: " "),
            replyCode: telling.replyCode,
            replyText: telling.replyText,
            cause: telling
        )
    }
}
