//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The entries of a header table or of the arguments of a declaration, by name.
///
/// A name has at most 255 bytes. The order of entries has no meaning in AMQP and is not kept.
public typealias AMQPTable = [String: AMQPFieldValue]

/// A value in a table: what AMQP 0-9-1 (section 4.2.1), as RabbitMQ speaks it, can hold.
///
/// Tables that a peer nested more than 64 levels deep are cut off there and read as ``void``, since a chain of thousands,
/// which fits in one frame, would overflow the stack of whichever thread releases it. Sending one is refused.
public enum AMQPFieldValue: Sendable, Hashable {
    /// True or false.
    case bool(Bool)
    /// A signed number of one byte.
    case int8(Int8)
    /// An unsigned number of one byte.
    case uint8(UInt8)
    /// A signed number of two bytes.
    case int16(Int16)
    /// An unsigned number of two bytes.
    case uint16(UInt16)
    /// A signed number of four bytes.
    case int32(Int32)
    /// An unsigned number of four bytes.
    case uint32(UInt32)
    /// A signed number of eight bytes.
    case int64(Int64)
    /// An unsigned number of eight bytes; RabbitMQ has none, so it travels as ``int64(_:)`` and must fit in one.
    case uint64(UInt64)
    /// A floating-point number of four bytes.
    case float(Float)
    /// A floating-point number of eight bytes.
    case double(Double)
    /// A decimal: `value` divided by ten to the power of `scale`.
    case decimal(scale: UInt8, value: UInt32)
    /// Text. A long string of AMQP has no character set; what is no UTF-8 is read as ``bytes(_:)``.
    case string(String)
    /// Bytes without further meaning. What arrives as UTF-8 under the type of a string is read as ``string(_:)``.
    case bytes([UInt8])
    /// A time, in seconds since 1970-01-01 00:00 UTC.
    case timestamp(UInt64)
    /// Values in order.
    case array([AMQPFieldValue])
    /// Values by name.
    case table(AMQPTable)
    /// Nothing.
    case void

    /// How deep tables and arrays may be nested.
    static let maximumDepth = 64
}

extension AMQPFieldValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a ``bool(_:)``.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes an ``int64(_:)``.
    public init(integerLiteral value: Int64) { self = .int64(value) }
    /// Makes a ``double(_:)``.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes a ``string(_:)``.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes an ``array(_:)``.
    public init(arrayLiteral elements: AMQPFieldValue...) { self = .array(elements) }
    /// Makes a ``table(_:)``; of entries with the same name the last one counts.
    public init(dictionaryLiteral elements: (String, AMQPFieldValue)...) {
        self = .table(AMQPTable(elements, uniquingKeysWith: { _, last in last }))
    }
    /// Makes a ``void``.
    public init(nilLiteral: ()) { self = .void }
}

extension AMQPFieldValue {
    /// The text, where the value is text.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, where the value is a whole number of whatever width that fits.
    public var integerValue: Int64? {
        switch self {
        case .int8(let number): Int64(number)
        case .uint8(let number): Int64(number)
        case .int16(let number): Int64(number)
        case .uint16(let number): Int64(number)
        case .int32(let number): Int64(number)
        case .uint32(let number): Int64(number)
        case .int64(let number): number
        case .uint64(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// Refuses what cannot be sent.
    func validate(depth: Int = 1) throws(AMQPError) {
        switch self {
        case .uint64(let number) where number > UInt64(Int64.max):
            throw AMQPError(.invalidArgument, "An unsigned number in a table does not fit in 63 bits.")
        case .array(let values):
            try Self.checkDepth(depth)
            for value in values { try value.validate(depth: depth + 1) }
        case .table(let table):
            try Self.validate(table, depth: depth)
        default:
            break
        }
    }

    /// Refuses a table that cannot be sent.
    static func validate(_ table: AMQPTable, depth: Int = 1) throws(AMQPError) {
        try checkDepth(depth)
        for (name, value) in table {
            try name.validateShortString("name of a table's entry")
            try value.validate(depth: depth + 1)
        }
    }

    private static func checkDepth(_ depth: Int) throws(AMQPError) {
        if depth > maximumDepth {
            throw AMQPError(.invalidArgument, "A table is nested more than \(maximumDepth) levels deep.")
        }
    }
}

extension String {
    /// Refuses a text that does not fit in AMQP's short string, which has at most 255 bytes.
    func validateShortString(_ what: String) throws(AMQPError) {
        if utf8.count > 255 {
            throw AMQPError(.invalidArgument, "The \(what) has \(utf8.count) bytes; at most 255 are allowed.")
        }
    }
}
