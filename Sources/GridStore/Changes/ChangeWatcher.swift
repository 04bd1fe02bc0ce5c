//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Glibc
import Synchronization

/// Tells when a state file was committed to, by this process or another one.
///
/// The bell is the file's time of modification: whoever has committed sets it, and the kernel tells all who watch.
/// Watching the write-ahead log would be too early. Its last write comes before the disk has it and before readers see
/// it, and nothing is written afterwards: who looks at the write may look too soon and never be told again.
final class ChangeWatcher: Sendable {
    private struct State {
        var source: (any DispatchSourceRead)?
        var subscribers: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextNumber = 0
        var isStopped = false
    }

    private let path: String
    // The source is reached under the lock only; Dispatch sources may be cancelled from any thread.
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "GridStore.changes")

    init(path: String) {
        self.path = path
    }

    deinit {
        stop()
    }

    /// Tells all watchers, in whatever process, that there is something new.
    ///
    /// The path is used and no descriptor: closing one would give up SQLite's locks. A failure is let pass, because the
    /// commit stands; watchers have their timers and leases to fall back on.
    func ring() {
        _ = utimensat(AT_FDCWD, path, nil, 0)
    }

    /// A sequence with an element after each commit, or one for several commits when its reader is busy.
    func changes() throws -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try state.withLock { state in
            guard !state.isStopped else { throw StoreError(.closed, "The state file \(path) was closed.") }
            if state.source == nil {
                state.source = try makeSource()
            }
            let number = state.nextNumber
            state.nextNumber += 1
            state.subscribers[number] = continuation
            continuation.onTermination = { [weak self] _ in
                self?.unsubscribe(number)
            }
        }
        return stream
    }

    /// Whether anybody watches.
    var isWatching: Bool { state.withLock { $0.source != nil } }

    /// Ends all sequences and watches no more.
    func stop() {
        let ended = state.withLock { state in
            state.isStopped = true
            state.source?.cancel()
            state.source = nil
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        // Outside the lock, which `onTermination` takes.
        for continuation in ended {
            continuation.finish()
        }
    }

    private func unsubscribe(_ number: Int) {
        state.withLock { state in
            state.subscribers[number] = nil
            if state.subscribers.isEmpty {
                state.source?.cancel()
                state.source = nil
            }
        }
    }

    private func makeSource() throws -> any DispatchSourceRead {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw unwatchable(errno) }
        guard inotify_add_watch(descriptor, path, UInt32(IN_ATTRIB)) >= 0 else {
            let reason = errno
            close(descriptor)
            throw unwatchable(reason)
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in
            Self.drain(descriptor)
            self?.announce()
        }
        source.setCancelHandler {
            close(descriptor)
        }
        source.activate()
        return source
    }

    private func announce() {
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for continuation in subscribers {
            continuation.yield()
        }
    }

    /// Reads all events away: that there were some is all that counts.
    private static func drain(_ descriptor: Int32) {
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }

    private func unwatchable(_ errno: Int32) -> StoreError {
        StoreError(
            .io,
            "\(path) cannot be watched: \(String(cString: strerror(errno))); "
                + "the system's limits on inotify instances and watches may be used up."
        )
    }
}
