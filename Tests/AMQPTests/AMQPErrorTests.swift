//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("AMQPError")
struct AMQPErrorTests {
    @Test(
        "A queue may have been deleted when its subscription ended, it is missing, or the broker fell over it",
        arguments: [
            (.consumerCancelled, nil, true),
            (.channelClosed, 404, true),
            (.channelClosed, 541, true),
            (.connectionClosed, 541, true),
            (.connectionClosed, nil, false),
            (.connectionClosed, 320, false),
            (.channelClosed, 406, false),
            (.heartbeatTimeout, nil, false),
            (.connectFailed, nil, false),
        ] as [(AMQPError.Code, UInt16?, Bool)]
    )
    func deletedQueue(code: AMQPError.Code, replyCode: UInt16?, expected: Bool) {
        #expect(AMQPError(code, "", replyCode: replyCode).mayMeanDeletedQueue == expected)
    }
}
