//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel

/// What Gridwork declares on the broker.
package enum GridTopology {
    /// The exchanges, the two queues of last resort, and a queue for every mailbox, bound to both exchanges.
    ///
    /// Delivery limits and dead-lettering by the broker are policies (`deploy/rabbitmq`), so that operators can change
    /// them while the queues live.
    package static func topology(of mailboxes: [Mailbox]) -> AMQPTopology {
        let toUnrouted: AMQPTable = ["alternate-exchange": .string(ExchangeName.unrouted)]
        let exchanges = [
            AMQPExchange(name: ExchangeName.unrouted, type: .fanout),
            AMQPExchange(name: ExchangeName.dead, type: .fanout),
            AMQPExchange(name: ExchangeName.mail, type: .topic, arguments: toUnrouted),
            AMQPExchange(name: ExchangeName.commands, type: .topic, arguments: toUnrouted),
        ]
        let lastResorts = [ExchangeName.unrouted, ExchangeName.dead]
        let queues = lastResorts.map { AMQPQueue.quorum($0) } + mailboxes.map { AMQPQueue.quorum($0.name) }
        var bindings = lastResorts.map { AMQPBinding(source: $0, queue: $0, routingKey: "") }
        for mailbox in mailboxes {
            for exchange in [ExchangeName.mail, ExchangeName.commands] {
                bindings.append(AMQPBinding(source: exchange, queue: mailbox.name, routingKey: "\(mailbox.name).#"))
            }
        }
        return AMQPTopology(exchanges: exchanges, queues: queues, bindings: bindings)
    }
}
