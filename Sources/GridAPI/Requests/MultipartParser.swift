//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Takes a form with files apart (RFC 7578) as it arrives, so that a file never has to fit into memory.
///
/// Bounded throughout: by the length of a part's header, by the number of parts, and beyond that it keeps fewer bytes than a
/// boundary has. Nothing that is in our list of packages reads such forms.
struct MultipartParser {
    /// What the bytes so far have told.
    enum Event: Equatable {
        /// A part begins: a field of this name, a file if `isFile`.
        case begin(name: String, isFile: Bool)
        /// The next bytes of the part.
        case bytes(ArraySlice<UInt8>)
        /// The part is whole.
        case end
    }

    /// The form does not hold; no more of it is read.
    struct Malformed: Error, Equatable {}

    private enum State {
        /// Before a part, right after a boundary's name: its line is not at its end yet.
        case boundary
        case header
        case body
        /// After the last boundary; what follows is nobody's.
        case done
        case failed
    }

    /// The longest header of a part, in bytes.
    static let longestHeader = 2_048
    /// The most parts of a form.
    static let mostParts = 64
    /// The longest boundary (RFC 2046, 5.1.1).
    private static let longestBoundary = 70
    private static let lineEnd: [UInt8] = [0x0d, 0x0a]

    /// What stands before a part: a line's end, two hyphens and the boundary.
    private let delimiter: [UInt8]
    private var state = State.body
    /// Whether what `body` reads is a part, and not what stands before the first one.
    private var isInPart = false
    private var parts = 0
    /// What could not be taken apart yet. The first boundary has no line before it, so one is put there.
    private var rest: [UInt8] = MultipartParser.lineEnd

    /// Creates a parser.
    ///
    /// - Parameter contentType: The field `Content-Type` of the form; nil is returned unless it is
    ///   `multipart/form-data` with a boundary.
    init?(contentType: String) {
        let fields = contentType.split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0) }
        guard fields.first?.lowercased() == "multipart/form-data",
            let field = fields.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        var boundary = field.dropFirst("boundary=".count)
        if boundary.count > 1, boundary.first == "\"", boundary.last == "\"" {
            boundary = boundary.dropFirst().dropLast()
        }
        guard (1...Self.longestBoundary).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") })
        else { return nil }
        delimiter = Self.lineEnd + Array("--\(boundary)".utf8)
    }

    /// Whether the last boundary has been read.
    var isDone: Bool { if case .done = state { true } else { false } }

    /// Takes the next bytes.
    ///
    /// - Throws: `Malformed`, now and from then on.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [Event] {
        rest += bytes
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Takes one piece; false when more bytes are needed.
    private mutating func step(_ events: inout [Event]) throws(Malformed) -> Bool {
        switch state {
        case .boundary: return try readBoundary()
        case .header: return try readHeader(&events)
        case .body: return readBody(&events)
        case .done:
            rest = []
            return false
        case .failed: throw Malformed()
        }
    }

    /// After a boundary's name: two hyphens end the form, the end of the line begins a part.
    private mutating func readBoundary() throws(Malformed) -> Bool {
        guard rest.count >= 2 else { return false }
        let next = Array(rest.prefix(2))
        rest.removeFirst(2)
        if next == Array("--".utf8) {
            state = .done
            return true
        }
        parts += 1
        guard next == Self.lineEnd, parts <= Self.mostParts else { throw fail() }
        state = .header
        return true
    }

    private mutating func readHeader(_ events: inout [Event]) throws(Malformed) -> Bool {
        guard let end = Self.position(of: Self.lineEnd + Self.lineEnd, in: rest) else {
            if rest.count > Self.longestHeader { throw fail() }
            return false
        }
        guard end <= Self.longestHeader, let event = Self.part(rest[..<end]) else { throw fail() }
        rest.removeFirst(end + 4)
        events.append(event)
        state = .body
        isInPart = true
        return true
    }

    private mutating func readBody(_ events: inout [Event]) -> Bool {
        let end = Self.position(of: delimiter, in: rest)
        // A boundary may have begun in the last bytes.
        let count = end ?? max(0, rest.count - delimiter.count + 1)
        if count > 0, isInPart { events.append(.bytes(rest[..<count])) }
        rest.removeFirst(count + (end == nil ? 0 : delimiter.count))
        guard end != nil else { return false }
        if isInPart { events.append(.end) }
        isInPart = false
        state = .boundary
        return true
    }

    private mutating func fail() -> Malformed {
        state = .failed
        rest = []
        return Malformed()
    }

    /// The part that a header begins; nil where it is none of a form.
    private static func part(_ header: ArraySlice<UInt8>) -> Event? {
        guard let text = String(validating: header, as: UTF8.self) else { return nil }
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
                continue
            }
            let fields = parameters(String(line[line.index(after: colon)...]))
            guard fields[""]?.lowercased() == "form-data", let name = fields["name"], !name.isEmpty else { return nil }
            return .begin(name: name, isFile: fields["filename"] != nil || fields["filename*"] != nil)
        }
        return nil
    }

    /// The parameters of a field's value, and the word before them under an empty name. Inside quotes a semicolon is text;
    /// browsers write a quote there as %22.
    private static func parameters(_ value: String) -> [String: String] {
        var pieces = [""]
        var isQuoted = false
        for character in value {
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        var found: [String: String] = [:]
        for (index, piece) in pieces.enumerated() {
            let text = trimmed(piece)
            guard index > 0 else {
                found[""] = text
                continue
            }
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = text[..<equals].lowercased()
            found[name] = found[name] ?? String(text[text.index(after: equals)...]).filter { $0 != "\"" }
        }
        return found
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// Where `pattern` begins in `bytes`; nil where it is not whole.
    private static func position(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            pattern.withUnsafeBufferPointer { pattern in
                var index = 0
                let last = bytes.count - pattern.count
                while index <= last {
                    // Nearly always the first byte says no.
                    if bytes[index] == pattern[0], (1..<pattern.count).allSatisfy({ bytes[index + $0] == pattern[$0] })
                    {
                        return index
                    }
                    index += 1
                }
                return nil
            }
        }
    }
}
