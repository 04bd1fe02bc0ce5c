//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The answers to requests that were sent together, which come one after the other; belongs to the connection's thread.
final class Answers {
    private let count: Int
    private let promise: Promise<[Reply]>
    private var replies: [Reply] = []

    /// Makes a collection.
    ///
    /// - Parameters:
    ///   - count: How many answers there will be.
    ///   - promise: Receives them when all are there, or the error of the first that failed.
    init(to count: Int, _ promise: Promise<[Reply]>) {
        self.count = count
        self.promise = promise
        replies.reserveCapacity(count)
    }

    /// Notes the next answer.
    func add(_ reply: Result<Reply, AMQPError>) {
        switch reply {
        case .success(let reply):
            replies.append(reply)
            if replies.count == count { promise.fulfil(.success(replies)) }
        case .failure(let error):
            promise.fulfil(.failure(error))
        }
    }
}
