//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// Lets one process at a time open files of a folder.
///
/// Two processes that create the same file at once would both make its tables. The lock is on the folder itself, so it
/// leaves nothing behind, and the kernel gives it up when the process dies.
struct OpeningLock: ~Copyable {
    private let descriptor: Int32

    init(folder: String, timeout: Duration) throws {
        descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(creating: folder, errno: errno) }
        // There is no wait for such a lock that ends by itself, so it is asked for again and again. It is held for
        // milliseconds.
        let deadline = ContinuousClock.now + timeout
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            guard reason == EWOULDBLOCK || reason == EINTR, ContinuousClock.now < deadline else {
                Glibc.close(descriptor)
                throw reason == EWOULDBLOCK
                    ? StoreError(.busy, "Another process has been opening a file in \(folder) for long; is it stopped?")
                    : StoreError(creating: folder, errno: reason)
            }
            usleep(5_000)
        }
    }

    func release() {
        Glibc.close(descriptor)
    }
}
