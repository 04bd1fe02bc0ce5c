//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

/// Memory for the C side of a value while it is being encoded; everything in it is given up at once by ``reset()``.
///
/// Copying short texts into one block is cheaper than keeping a dozen Swift strings pinned at the same time.
struct WireArena: ~Copyable {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, 16_384)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    /// Gives up everything that was copied in.
    func reset() { recycle_amqp_pool(pool) }

    /// Copies a text.
    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    /// Copies bytes.
    func bytes(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let start = source.baseAddress, !source.isEmpty else { return amqp_bytes_t(len: 0, bytes: nil) }
        let copy = allocate(source.count)
        copy.copyMemory(from: start, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: copy)
    }

    /// Copies a table.
    func table(_ table: AMQPTable) -> amqp_table_t {
        if table.isEmpty { return amqp_table_t(num_entries: 0, entries: nil) }
        let stride = MemoryLayout<amqp_table_entry_t>.stride
        let entries = allocate(table.count * stride).bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        for (index, (name, value)) in table.enumerated() {
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(name), value: self.value(value)))
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    private func array(_ values: [AMQPFieldValue]) -> amqp_array_t {
        if values.isEmpty { return amqp_array_t(num_entries: 0, entries: nil) }
        let stride = MemoryLayout<amqp_field_value_t>.stride
        let entries = allocate(values.count * stride).bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() {
            (entries + index).initialize(to: self.value(value))
        }
        return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }

    private func value(_ value: AMQPFieldValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        func set(_ kind: amqp_field_value_kind_t) { field.kind = UInt8(kind.rawValue) }
        switch value {
        case .bool(let flag):
            set(AMQP_FIELD_KIND_BOOLEAN)
            field.value.boolean = flag ? 1 : 0
        case .int8(let number):
            set(AMQP_FIELD_KIND_I8)
            field.value.i8 = number
        case .uint8(let number):
            set(AMQP_FIELD_KIND_U8)
            field.value.u8 = number
        case .int16(let number):
            set(AMQP_FIELD_KIND_I16)
            field.value.i16 = number
        case .uint16(let number):
            set(AMQP_FIELD_KIND_U16)
            field.value.u16 = number
        case .int32(let number):
            set(AMQP_FIELD_KIND_I32)
            field.value.i32 = number
        case .uint32(let number):
            set(AMQP_FIELD_KIND_U32)
            field.value.u32 = number
        case .int64(let number):
            set(AMQP_FIELD_KIND_I64)
            field.value.i64 = number
        case .uint64(let number):
            // RabbitMQ's table has no unsigned number of eight bytes; `validate()` has seen to it that this one fits.
            set(AMQP_FIELD_KIND_I64)
            field.value.i64 = Int64(clamping: number)
        case .float(let number):
            set(AMQP_FIELD_KIND_F32)
            field.value.f32 = number
        case .double(let number):
            set(AMQP_FIELD_KIND_F64)
            field.value.f64 = number
        case .decimal(let scale, let number):
            set(AMQP_FIELD_KIND_DECIMAL)
            field.value.decimal = amqp_decimal_t(decimals: scale, value: number)
        case .string(let text):
            set(AMQP_FIELD_KIND_UTF8)
            field.value.bytes = bytes(text)
        case .bytes(let content):
            set(AMQP_FIELD_KIND_BYTES)
            field.value.bytes = content.withUnsafeBytes { bytes($0) }
        case .timestamp(let seconds):
            set(AMQP_FIELD_KIND_TIMESTAMP)
            field.value.u64 = seconds
        case .array(let values):
            set(AMQP_FIELD_KIND_ARRAY)
            field.value.array = array(values)
        case .table(let table):
            set(AMQP_FIELD_KIND_TABLE)
            field.value.table = self.table(table)
        case .void:
            set(AMQP_FIELD_KIND_VOID)
        }
        return field
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let memory = amqp_pool_alloc(pool, count) else { fatalError("Out of memory.") }
        return memory
    }

    /// Copies a message's properties.
    func properties(_ source: AMQPProperties) -> amqp_basic_properties_t {
        var properties = amqp_basic_properties_t()
        var flags: Int32 = 0
        func copy(_ text: String?, _ flag: Int32) -> amqp_bytes_t {
            guard let text else { return amqp_bytes_t(len: 0, bytes: nil) }
            flags |= flag
            return bytes(text)
        }
        properties.content_type = copy(source.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG)
        properties.content_encoding = copy(source.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG)
        if !source.headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            properties.headers = table(source.headers)
        }
        if let mode = source.deliveryMode {
            flags |= AMQP_BASIC_DELIVERY_MODE_FLAG
            properties.delivery_mode = mode.rawValue
        }
        if let priority = source.priority {
            flags |= AMQP_BASIC_PRIORITY_FLAG
            properties.priority = priority
        }
        properties.correlation_id = copy(source.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG)
        properties.reply_to = copy(source.replyTo, AMQP_BASIC_REPLY_TO_FLAG)
        properties.expiration = copy(source.expiration, AMQP_BASIC_EXPIRATION_FLAG)
        properties.message_id = copy(source.messageID, AMQP_BASIC_MESSAGE_ID_FLAG)
        if let timestamp = source.timestamp {
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
            properties.timestamp = timestamp
        }
        properties.type = copy(source.type, AMQP_BASIC_TYPE_FLAG)
        properties.user_id = copy(source.userID, AMQP_BASIC_USER_ID_FLAG)
        properties.app_id = copy(source.appID, AMQP_BASIC_APP_ID_FLAG)
        properties._flags = amqp_flags_t(flags)
        return properties
    }
}
