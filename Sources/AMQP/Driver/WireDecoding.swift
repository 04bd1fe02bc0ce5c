//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

// Everything here copies out of the library's memory, which is reused as soon as the next frame is read.

extension amqp_bytes_t {
    /// The bytes where they lie, valid until the library releases its buffers.
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: len) }

    /// A copy as text; bytes that are no UTF-8 are replaced by U+FFFD.
    var text: String { String(decoding: buffer, as: UTF8.self) }

    /// A copy as text, or `nil` where the bytes are no UTF-8.
    var validText: String? {
        do {
            return String(copying: try UTF8Span(validating: buffer.assumingMemoryBound(to: UInt8.self).span))
        } catch {
            return nil
        }
    }

    /// A copy as an array.
    var array: [UInt8] { [UInt8](buffer) }
}

extension AMQPFieldValue {
    /// Copies a value that arrived.
    ///
    /// - Parameter depth: How many tables and arrays the value lies in.
    init(_ field: amqp_field_value_t, depth: Int) {
        switch amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .bool(field.value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .int8(field.value.i8)
        case AMQP_FIELD_KIND_U8: self = .uint8(field.value.u8)
        case AMQP_FIELD_KIND_I16: self = .int16(field.value.i16)
        case AMQP_FIELD_KIND_U16: self = .uint16(field.value.u16)
        case AMQP_FIELD_KIND_I32: self = .int32(field.value.i32)
        case AMQP_FIELD_KIND_U32: self = .uint32(field.value.u32)
        case AMQP_FIELD_KIND_I64: self = .int64(field.value.i64)
        case AMQP_FIELD_KIND_U64: self = .uint64(field.value.u64)
        case AMQP_FIELD_KIND_F32: self = .float(field.value.f32)
        case AMQP_FIELD_KIND_F64: self = .double(field.value.f64)
        case AMQP_FIELD_KIND_DECIMAL:
            self = .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case AMQP_FIELD_KIND_UTF8:
            self = field.value.bytes.validText.map(Self.string) ?? .bytes(field.value.bytes.array)
        case AMQP_FIELD_KIND_BYTES: self = .bytes(field.value.bytes.array)
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(field.value.u64)
        case AMQP_FIELD_KIND_ARRAY where depth < Self.maximumDepth:
            let array = field.value.array
            let entries = UnsafeBufferPointer(start: array.entries, count: Int(array.num_entries))
            self = .array(entries.map { AMQPFieldValue($0, depth: depth + 1) })
        case AMQP_FIELD_KIND_TABLE where depth < Self.maximumDepth:
            self = .table(AMQPTable(field.value.table, depth: depth + 1))
        default: self = .void
        }
    }
}

extension AMQPTable {
    /// Copies a table that arrived; of entries with the same name the last one counts.
    init(_ table: amqp_table_t, depth: Int = 1) {
        let entries = UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        self.init(minimumCapacity: entries.count)
        for entry in entries {
            self[entry.key.text] = AMQPFieldValue(entry.value, depth: depth)
        }
    }
}

extension AMQPProperties {
    /// Copies properties that arrived.
    init(_ source: amqp_basic_properties_t) {
        self.init()
        let flags = Int32(bitPattern: source._flags)
        func copy(_ bytes: amqp_bytes_t, _ flag: Int32) -> String? { flags & flag == 0 ? nil : bytes.text }
        contentType = copy(source.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG)
        contentEncoding = copy(source.content_encoding, AMQP_BASIC_CONTENT_ENCODING_FLAG)
        if flags & AMQP_BASIC_HEADERS_FLAG != 0 { headers = AMQPTable(source.headers) }
        // A mode that is neither 1 nor 2 means nothing in the protocol and is read as absent.
        if flags & AMQP_BASIC_DELIVERY_MODE_FLAG != 0 { deliveryMode = DeliveryMode(rawValue: source.delivery_mode) }
        if flags & AMQP_BASIC_PRIORITY_FLAG != 0 { priority = source.priority }
        correlationID = copy(source.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG)
        replyTo = copy(source.reply_to, AMQP_BASIC_REPLY_TO_FLAG)
        expiration = copy(source.expiration, AMQP_BASIC_EXPIRATION_FLAG)
        messageID = copy(source.message_id, AMQP_BASIC_MESSAGE_ID_FLAG)
        if flags & AMQP_BASIC_TIMESTAMP_FLAG != 0 { timestamp = source.timestamp }
        type = copy(source.type, AMQP_BASIC_TYPE_FLAG)
        userID = copy(source.user_id, AMQP_BASIC_USER_ID_FLAG)
        appID = copy(source.app_id, AMQP_BASIC_APP_ID_FLAG)
    }
}
