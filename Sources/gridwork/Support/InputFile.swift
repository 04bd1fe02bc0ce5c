//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Reads a file given on the command line, `-` being standard input.
enum InputFile {
    /// The largest file read, in bytes: a city's organization is far below it.
    static let maximumSize = 64 * 1_024 * 1_024

    /// Reads a file whole.
    static func read(_ path: String) throws -> [UInt8] {
        let data: Data
        do {
            if path == "-" {
                data = try FileHandle.standardInput.read(upToCount: maximumSize + 1) ?? Data()
            } else {
                guard let handle = FileHandle(forReadingAtPath: path) else {
                    throw CommandFailure.noInput("\(path) is not there or may not be read")
                }
                defer { handle.closeFile() }
                data = try handle.read(upToCount: maximumSize + 1) ?? Data()
            }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure.noInput("\(path): \(error.localizedDescription)")
        }
        guard data.count <= maximumSize else {
            throw CommandFailure.noInput("\(path) is larger than \(maximumSize) bytes")
        }
        return Array(data)
    }
}
