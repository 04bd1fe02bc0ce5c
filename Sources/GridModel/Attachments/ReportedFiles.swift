//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The attachments that a holder's report tells of, where its issuer is another node's: the report has their names and
/// sizes, and the files are fetched afterwards.
package struct ReportedFiles: Hashable, Sendable {
    /// The node that has the files, as its state file is named.
    package var node: String
    /// What is attached.
    package var attachments: [Attachment]

    /// The longest name of a node.
    private static let longestName = 64

    /// Creates the list.
    package init(node: String, attachments: [Attachment]) {
        self.node = node
        self.attachments = attachments
    }

    /// Whether it can be believed: the name becomes a routing key.
    private var holds: Bool {
        (1...Self.longestName).contains(node.utf8.count)
            && node.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d }
            && attachments.count <= Attachment.limit
    }
}

extension ReportedFiles: Codable {
    private enum CodingKeys: String, CodingKey {
        case node, attachments
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        node = try container.decode(String.self, forKey: .node)
        attachments = try container.decode([Attachment].self, forKey: .attachments)
        guard holds else {
            throw DecodingError.misfit("no list of files", at: decoder.codingPath)
        }
    }
}

extension Attachment: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, file, type, size
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let size = try container.decode(Int.self, forKey: .size)
        guard let hash = FileHash(try container.decode(String.self, forKey: .file)),
            (1...StoredFile.largest).contains(size)
        else {
            throw DecodingError.misfit("no file", at: decoder.codingPath)
        }
        self.init(
            kind: try container.decode(Kind.self, forKey: .kind),
            file: StoredFile(
                hash: hash,
                type: try container.decode(StoredFile.MediaType.self, forKey: .type),
                size: size
            )
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(file.hash.text, forKey: .file)
        try container.encode(file.type, forKey: .type)
        try container.encode(file.size, forKey: .size)
    }
}
