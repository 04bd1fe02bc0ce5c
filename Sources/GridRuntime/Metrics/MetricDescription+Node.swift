//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridMetrics

/// What a process of a node counts while it works.
extension MetricDescription {
    static let messagesHandled = counter(
        "gridwork_messages_handled_total",
        "Messages handled: taken off a mailbox, their transaction committed; repeated, refused and dead ones too."
    )
    static let commandsRefused = counter(
        "gridwork_commands_refused_total",
        "Commands of agents that the rules refused, and of which the sender was told."
    )
    static let messagesDeadLettered = counter(
        "gridwork_messages_dead_lettered_total",
        "Messages sent to the dead letters, since they could not be handled."
    )
    static let batchMessages = histogram(
        "gridwork_batch_messages",
        "Messages handled in one transaction.",
        bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
    )
    static let transactionSeconds = histogram(
        "gridwork_transaction_duration_seconds",
        "How long a batch's transaction took, from asking for the state file until it was on the disk."
    )
    static let commitSeconds = histogram(
        "gridwork_commit_duration_seconds",
        "How long the commit of a batch's transaction took: mostly the disk."
    )
    static let deliveriesInFlight = gauge(
        "gridwork_deliveries_in_flight",
        "Deliveries that the broker has sent and that are not acknowledged yet."
    )
    static let publishes = counter(
        "gridwork_publishes_total",
        "Messages published from the outbox, by what the broker said: confirmed, nacked, returned, or failed for no answer."
    )
    static let confirmSeconds = histogram(
        "gridwork_confirm_duration_seconds",
        "How long the broker took to answer for all messages of a publish."
    )
    static let timersFired = counter("gridwork_timers_fired_total", "Timers of assignments that fired.")
    static let connectionFailures = counter(
        "gridwork_connection_failures_total",
        "Connections to the broker that were lost, and attempts to connect in vain, by what the connection is for."
    )
    static let echoSeconds = gauge(
        "gridwork_echo_seconds",
        "How long the last message that the process sent itself took, one a minute, by the connection that received it."
    )
    static let mailboxes = gauge(
        "gridwork_mailboxes",
        "Mailboxes of this process: served, silent (they give no answer), or left (paused, or other processes serve them)."
    )
    static let mailboxMessages = gauge(
        "gridwork_mailbox_messages",
        "Messages waiting in the mailboxes of a role, looked at once a minute."
    )
    static let deadLetters = gauge(
        "gridwork_dead_letters",
        "Messages held in gridwork.dead and gridwork.unrouted, looked at once a minute."
    )
}

/// What a process counts about its traces.
extension MetricDescription {
    static let spansExported = counter("gridwork_spans_exported_total", "Spans that the collector of traces took.")
    static let spansDropped = counter(
        "gridwork_spans_dropped_total",
        "Spans that no collector took: no room was left for them, the collector refused them, or the process stopped."
    )
}

/// What is looked at when somebody asks.
extension MetricDescription {
    static let buildInfo = gauge("gridwork_build_info", "Always 1; the label tells the version.")
    static let ready = gauge("gridwork_ready", "Whether the part does its work, as /health/ready tells it: 1 or 0.")
    static let pulseSeconds = gauge(
        "gridwork_pulse_age_seconds",
        "How long ago the process was seen to be at work on its connection to the broker."
    )
    static let connectionUp = gauge(
        "gridwork_connection_up",
        "Whether there is a connection to the broker, by what it is for: 1 or 0."
    )
    static let connectionBlocked = gauge(
        "gridwork_connection_blocked",
        "Whether the broker holds publishers back on the connection, for want of memory or disk: 1 or 0."
    )
    static let lastFrameSeconds = gauge(
        "gridwork_last_frame_age_seconds",
        "How long ago anything was heard from the broker on the connection."
    )
    static let stateReadable = gauge(
        "gridwork_state_readable",
        "Whether the state file could be read for this page: 1 or 0."
    )
    static let stateBytes = gauge(
        "gridwork_state_file_bytes",
        "The size of the state file and of its write-ahead log, in bytes."
    )
    static let stateFreeBytes = gauge(
        "gridwork_state_free_bytes",
        "Bytes that may still be written on the state file's disk."
    )
    static let outboxMessages = gauge(
        "gridwork_outbox_messages",
        "Messages in the outbox, by whether a process is sending them or they wait."
    )
    static let outboxSeconds = gauge(
        "gridwork_outbox_oldest_age_seconds",
        "How long the oldest message in the outbox has been there; 0 when it is empty."
    )
    static let inboxMessages = gauge("gridwork_inbox_messages", "Messages that the inbox remembers, 100000 at most.")
    static let parkedMessages = gauge("gridwork_parked_messages", "Messages that wait for their assignment to arrive.")
    static let timers = gauge("gridwork_timers", "Timers that are set, 100000 at most.")
    static let timersDue = gauge("gridwork_timers_due", "Timers whose time has come and that have not fired.")
    static let timerLateSeconds = gauge(
        "gridwork_timer_late_seconds",
        "How long ago the earliest timer should have fired; 0 when none is due."
    )
    static let pushesWaiting = gauge("gridwork_pushes_waiting", "Pushes that are still to be sent, 100000 at most.")
    static let pushesGivenUp = gauge(
        "gridwork_pushes_given_up",
        "Pushes that were refused or tried too often in the last thirty days, 100000 at most."
    )
    static let pushLateSeconds = gauge(
        "gridwork_push_late_seconds",
        "How long the oldest push that is due has been waiting to be sent; 0 when none is."
    )
    static let assignmentsOpen = gauge(
        "gridwork_assignments_open",
        "Assignments that are not final, by state and role; of the first 100000."
    )
    static let assignmentsOverdue = gauge(
        "gridwork_assignments_overdue",
        "Assignments past their deadline that nobody has submitted, by role; of the first 100000."
    )
    static let escalationsOpen = gauge(
        "gridwork_escalations_open",
        "Escalations that wait for an answer, by the role that has to give it; of the first 100000."
    )
}

extension NodeMetrics {
    /// What a process of a node counts.
    package static let descriptions: [MetricDescription] = [
        .messagesHandled, .commandsRefused, .messagesDeadLettered, .batchMessages, .transactionSeconds, .commitSeconds,
        .deliveriesInFlight, .publishes, .confirmSeconds, .timersFired, .connectionFailures, .echoSeconds, .mailboxes,
        .mailboxMessages, .deadLetters,
    ]
}
