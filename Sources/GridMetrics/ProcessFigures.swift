//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// What the kernel says of this process, under the names that all Prometheus clients give it.
package enum ProcessFigures {
    private static let cpu = MetricDescription.counter(
        "process_cpu_seconds_total",
        "Processor time used, of user and system together, in seconds."
    )
    private static let resident = MetricDescription.gauge(
        "process_resident_memory_bytes",
        "Memory that is in the machine's memory, in bytes."
    )
    private static let virtual = MetricDescription.gauge(
        "process_virtual_memory_bytes",
        "Memory that is addressed, in bytes."
    )
    private static let files = MetricDescription.gauge("process_open_fds", "File descriptors that are open.")
    private static let mostFiles = MetricDescription.gauge(
        "process_max_fds",
        "File descriptors that may be open at once."
    )
    private static let start = MetricDescription.gauge(
        "process_start_time_seconds",
        "When the process began, in seconds since 1970."
    )

    /// The figures now; what cannot be read is left out.
    package static func families() -> [MetricFamily] {
        let pages = text(of: "/proc/self/statm")?.split(separator: " ").compactMap { Double($0) } ?? []
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        return [
            MetricFamily(cpu, processorSeconds()),
            MetricFamily(virtual, pages.first.map { $0 * page }),
            MetricFamily(resident, pages.dropFirst().first.map { $0 * page }),
            MetricFamily(files, openFiles()),
            MetricFamily(mostFiles, fileLimit()),
            MetricFamily(start, startSeconds()),
        ]
    }

    private static func processorSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    private static func openFiles() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // The folder itself, the one above it, and the descriptor that reads them.
        return Double(count - 3)
    }

    private static func fileLimit() -> Double? {
        let line = text(of: "/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
    }

    private static func startSeconds() -> Double? {
        // The program's name, in parentheses, may hold anything; the twenty-second field is the twentieth behind it.
        let fields = text(of: "/proc/self/stat").flatMap { $0.split(separator: ")").last }?.split(separator: " ")
        let boot = text(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let fields, fields.count > 19, let ticks = Double(fields[19]),
            let booted = boot?.split(separator: " ").last.flatMap({ Double($0) })
        else { return nil }
        return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// What a file of the kernel's says.
    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        // The longest of them, /proc/stat, has some ten bytes for each interrupt of the machine.
        var bytes = [UInt8](repeating: 0, count: 1_048_576)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
