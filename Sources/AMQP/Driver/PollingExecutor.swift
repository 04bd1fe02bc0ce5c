//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ
import Glibc
import Synchronization

/// What a connection waits for while its thread sleeps.
struct PollInterest: Sendable {
    /// The socket to watch, or -1 for none.
    var socket: Int32 = -1
    /// Whether to wake when the socket takes more bytes.
    var wantsWrite = false
    /// When to wake at the latest.
    var deadline = MonotonicTime.distantFuture
}

/// The owner of a socket that a ``PollingExecutor`` watches.
protocol PollingHandler: AnyObject, Sendable {
    /// Does everything that is due, on the executor's thread.
    ///
    /// - Parameter isReadable: Whether the socket has bytes, or an error, to be read.
    /// - Returns: What to wait for next.
    func turn(isReadable: Bool) -> PollInterest
}

/// A thread of its own that runs an actor's jobs and watches the actor's socket in between.
///
/// librabbitmq allows one thread for one connection and decodes nested tables by recursion, which 0.11 does not bound:
/// a frame of 128 KiB can hold some 26,000 arrays inside each other, of some hundred bytes of stack each. Hence one thread with
/// a stack of 16 MiB for each connection, and no larger frames. Jobs and closures run in the order in which they came. A job that
/// comes after the thread has ended still runs, on a thread made for it, so that nobody who holds on to a closed connection can
/// wait for ever.
final class PollingExecutor: SerialExecutor {
    private static let stackSize = 16 << 20

    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct State {
        var work: [Work] = []
        var handler: (any PollingHandler)?
        /// Whether the thread is in `poll`, so that whoever brings work has to wake it.
        var isAsleep = false
        var stopsWhenIdle = false
        var hasEnded = false
        var hasStraggler = false
        var thread: pthread_t?
        var onEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let wakeUp: Int32
    /// The thread that may touch what the executor protects; 0 for none.
    private let currentThread = Atomic<UInt>(0)

    /// Makes an executor whose thread is not running yet; work is kept until ``start(_:)``.
    ///
    /// - Throws: ``AMQPError/Code/connectFailed`` where the system is out of file descriptors.
    init() throws(AMQPError) {
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if wakeUp < 0 {
            throw AMQPError(.connectFailed, "No event descriptor could be made (errno \(errno)).")
        }
    }

    deinit {
        close(wakeUp)
    }

    /// Starts the thread, which calls `handler` after every round of work and whenever its socket wants attention.
    ///
    /// - Throws: ``AMQPError/Code/connectFailed`` where the system gives no thread.
    func start(_ handler: any PollingHandler) throws(AMQPError) {
        state.withLock { $0.handler = handler }
        guard let thread = Self.spawn({ [self] in loop() }) else {
            state.withLock { ($0.handler, $0.hasEnded) = (nil, true) }
            throw AMQPError(.connectFailed, "The system gives no thread for the connection.")
        }
        state.withLock { $0.thread = thread }
    }

    /// Ends the thread once it has no more work, and waits for that.
    func stop() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                state.stopsWhenIdle = true
                guard state.thread != nil, !state.hasEnded else { return false }
                state.onEnd.append(continuation)
                return true
            }
            if mustWait { wake() } else { continuation.resume() }
        }
        if let thread = state.withLock({ $0.thread.take() }) { pthread_join(thread, nil) }
    }

    /// Ends the thread once it has no more work, without waiting for that.
    func abandon() {
        let thread = state.withLock { state in
            state.stopsWhenIdle = true
            return state.thread.take()
        }
        if let thread { pthread_detach(thread) }
        wake()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs a closure on the thread, in turn with the jobs.
    func submit(_ closure: @escaping @Sendable () -> Void) {
        add(.closure(closure))
    }

    func checkIsolated() {
        precondition(isOnThread, "This belongs to the connection's own thread.")
    }

    func isIsolatingCurrentContext() -> Bool? { isOnThread }

    private var isOnThread: Bool { currentThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func add(_ work: Work) {
        enum Action { case none, wake, spawn }
        let action: Action = state.withLock { state in
            state.work.append(work)
            if state.hasEnded {
                if state.hasStraggler { return .none }
                state.hasStraggler = true
                return .spawn
            }
            defer { state.isAsleep = false }
            return state.isAsleep ? .wake : .none
        }
        switch action {
        case .none: break
        case .wake: wake()
        case .spawn:
            guard let thread = Self.spawn({ [self] in runStragglers() }) else {
                fatalError("The system gives no thread to finish the work of a closed AMQP connection.")
            }
            pthread_detach(thread)
        }
    }

    private func wake() {
        // A failure means that the counter is full, and then the thread is being woken already.
        _ = eventfd_write(wakeUp, 1)
    }

    private func loop() {
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        guard let handler = state.withLock({ $0.handler }) else { return }
        var isReadable = false
        while true {
            run(state.withLock { $0.work.takeAll() })
            let interest = handler.turn(isReadable: isReadable)
            let maySleep: Bool? = state.withLock { state in
                if !state.work.isEmpty { return false }
                if state.stopsWhenIdle {
                    state.hasEnded = true
                    currentThread.store(0, ordering: .relaxed)
                    return nil
                }
                state.isAsleep = true
                return true
            }
            guard let maySleep else { break }
            isReadable = wait(for: interest, maySleep: maySleep)
        }
        let waiting = state.withLock { state in
            state.handler = nil
            return state.onEnd.takeAll()
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Sleeps until there is work, the socket wants attention or the deadline has come; tells whether there is input.
    private func wait(for interest: PollInterest, maySleep: Bool) -> Bool {
        var timeout: Int32 = 0
        if maySleep {
            let left = interest.deadline.nanoseconds.subtractingReportingOverflow(MonotonicTime.now.nanoseconds)
            // Rounded up: waking a moment early would find nothing due and spin until it is.
            let milliseconds = (max(0, left.partialValue) + 999_999) / 1_000_000
            timeout = interest.deadline == .distantFuture ? -1 : Int32(clamping: milliseconds)
        }
        let socketEvents = Int16(POLLIN) | (interest.wantsWrite ? Int16(POLLOUT) : 0)
        var woken: Int16 = 0
        var socket: Int16 = 0
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { watched in
            watched[0] = pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)
            watched[1] = pollfd(fd: interest.socket, events: socketEvents, revents: 0)
            if poll(watched.baseAddress, 2, timeout) > 0 {
                (woken, socket) = (watched[0].revents, watched[1].revents)
            }
        }
        state.withLock { $0.isAsleep = false }
        if woken != 0 {
            var count: eventfd_t = 0
            _ = eventfd_read(wakeUp, &count)
        }
        // Hang-ups and errors count as input: reading is what tells them apart.
        return socket & ~Int16(POLLOUT) != 0
    }

    private func run(_ work: [Work]) {
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let closure): closure()
            }
        }
    }

    private func runStragglers() {
        currentThread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            let work: [Work] = state.withLock { state in
                if state.work.isEmpty {
                    state.hasStraggler = false
                    currentThread.store(0, ordering: .relaxed)
                }
                return state.work.takeAll()
            }
            if work.isEmpty { return }
            run(work)
        }
    }

    private final class ThreadBody: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func spawn(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        let context = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            &attributes,
            { context in
                // Signals belong to the program's own threads.
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                gridwork_name_thread("amqp")
                if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            context.release()
            return nil
        }
        return thread
    }
}

extension Array {
    /// Empties the array and returns what was in it.
    mutating func takeAll() -> [Element] {
        var taken: [Element] = []
        swap(&taken, &self)
        return taken
    }
}
