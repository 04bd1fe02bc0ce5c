//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridRuntime
import GridStore
import Testing

@Suite("A message off the broker")
struct StoredMessageTests {
    @Test(
        "Keeps plain headers as text and tells of others how large they are, however large that is",
        arguments: [
            ("派工", "派工"), (7, "int64(7)"), (true, "bool(true)"), (nil, "void"),
            (.bytes([UInt8](repeating: 0xff, count: 131_000)), "131000 bytes"),
            (.array([AMQPFieldValue](repeating: .void, count: 131_000)), "an array of 131000"),
            (["a": ["b": "c"], "d": 1], "a table of 2"),
        ] as [(AMQPFieldValue, String)]
    )
    func headers(value: AMQPFieldValue, text: String) {
        let delivery = AMQPDelivery(
            queue: "",
            deliveryTag: 1,
            routingKey: "",
            properties: AMQPProperties(headers: ["x": value])
        )
        #expect(StoredMessage(delivery).headers == ["x": text])
    }
}
