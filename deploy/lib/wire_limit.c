/* How fast a client can be that sends and receives Gridwork's messages and does next to nothing else: what a hop costs the broker.
 *
 * From a queue for each cell, through a topic exchange, to another queue for each cell, with the headers, properties and keys that
 * schemas/asyncapi.yaml promises to agents; a batch is one SQLite transaction with `synchronous=FULL`, acknowledged after its
 * commit, and every message that goes out is confirmed before the next batch.
 *
 *     wire_limit --port 5672 --hops 20000 --queues 50 --db FILE     prints one line of JSON with hops_per_second
 *
 * With a rate it measures how long a message takes from being published until its transaction is committed, while so many are
 * published in a second by another process; it does not wait for confirms then.
 *
 *     wire_limit --port 5672 --hops 20000 --queues 50 --db FILE --rate 1000     prints p50_ms, p99_ms and max_ms
 */
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHANNEL = 1, BODY_BYTES = 386, BATCH = 500, WINDOW = 4000, LEAST_WINDOW = 8, HEADERS = 7 };

static const char EXCHANGE[] = "wire-limit";
static const char TYPE[] = "gridwork.assignment.acknowledged.v1";

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "wire_limit: %s\n", what);
    exit(1);
}

static amqp_bytes_t bytes(const char *text) { return amqp_cstring_bytes(text); }

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static amqp_connection_state_t connect_to(int port) {
    amqp_connection_state_t connection = amqp_new_connection();
    if (amqp_socket_open(amqp_tcp_socket_new(connection), "127.0.0.1", port) != AMQP_STATUS_OK) fail("there is no broker");
    amqp_rpc_reply_t reply = amqp_login(connection, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail("the login was refused");
    if (!amqp_channel_open(connection, CHANNEL)) fail("no channel");
    return connection;
}

static void name_queue(char *name, size_t size, long cell, const char *role) {
    snprintf(name, size, "wire-limit.99999999%07ld.%s", cell, role);
}

static void declare_queue(amqp_connection_state_t connection, const char *name) {
    amqp_table_entry_t type = {.key = bytes("x-queue-type"),
                               .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = bytes("quorum")}};
    amqp_table_t arguments = {.num_entries = 1, .entries = &type};
    if (!amqp_queue_declare(connection, CHANNEL, bytes(name), 0, 1, 0, 0, arguments)) fail("a queue was not declared");
    amqp_queue_purge(connection, CHANNEL, bytes(name));
}

/* The messages sent so far, and which of them are confirmed: confirms come in any order, single and multiple. */
struct ledger {
    uint64_t sent, confirmed, contiguous;
    unsigned char *is_confirmed;
};

static void note_confirm(struct ledger *ledger, const amqp_basic_ack_t *ack) {
    for (uint64_t tag = ack->multiple ? ledger->contiguous + 1 : ack->delivery_tag; tag <= ack->delivery_tag; tag++) {
        ledger->confirmed += !ledger->is_confirmed[tag];
        ledger->is_confirmed[tag] = 1;
    }
    while (ledger->is_confirmed[ledger->contiguous + 1]) ledger->contiguous++;
}

/* Reads confirms for as long as more than so many are missing; those that are there only, where that may take `patience`. */
static void read_confirms(amqp_connection_state_t connection, struct ledger *ledger, uint64_t most_open, struct timeval *patience) {
    while (ledger->sent - ledger->confirmed > most_open) {
        amqp_frame_t frame;
        amqp_maybe_release_buffers(connection);
        int status = amqp_simple_wait_frame_noblock(connection, &frame, patience);
        if (status == AMQP_STATUS_TIMEOUT) return;
        if (status != AMQP_STATUS_OK) fail("the connection was lost");
        if (frame.frame_type != AMQP_FRAME_METHOD) continue;
        if (frame.payload.method.id == AMQP_BASIC_ACK_METHOD) note_confirm(ledger, frame.payload.method.decoded);
        if (frame.payload.method.id == AMQP_BASIC_NACK_METHOD) fail("a message was refused");
    }
}

static void await_confirms(amqp_connection_state_t connection, struct ledger *ledger, uint64_t most_open) {
    read_confirms(connection, ledger, most_open, NULL);
}

static void publish(amqp_connection_state_t connection, struct ledger *ledger, const char *exchange, const char *key, long number) {
    static char body[BODY_BYTES];
    char id[64], subject[64];
    if (!body[0]) memset(body, 'x', sizeof body);
    snprintf(id, sizeof id, "bench-ack-999999999-20260101-0001.%ld/1", number);
    snprintf(subject, sizeof subject, "999999999-20260101-0001.%ld", number);
    const char *headers[HEADERS][2] = {
        {"ce-specversion", "1.0"},
        {"ce-id", id},
        {"ce-source", "liaison@99999999900100101001"},
        {"ce-type", TYPE},
        {"ce-subject", subject},
        {"ce-time", "2026-01-01T08:00:00.000Z"},
        {"ce-dataschema", "https://gridwork.example/schemas/messages/assignment.acknowledged.v1.schema.json"},
    };
    amqp_table_entry_t entries[HEADERS];
    for (int i = 0; i < HEADERS; i++) {
        entries[i].key = bytes(headers[i][0]);
        entries[i].value.kind = AMQP_FIELD_KIND_UTF8;
        entries[i].value.value.bytes = bytes(headers[i][1]);
    }
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_TYPE_FLAG |
                  AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_CORRELATION_ID_FLAG,
        .content_type = bytes("application/json"),
        .delivery_mode = 2,
        .headers = {.num_entries = HEADERS, .entries = entries},
        .type = bytes(TYPE),
        .message_id = bytes(id),
        .correlation_id = bytes("999999999-20260101-0001"),
    };
    amqp_bytes_t content = {.len = sizeof body, .bytes = body};
    if (amqp_basic_publish(connection, CHANNEL, bytes(exchange), bytes(key), 1, 0, &properties, content) != AMQP_STATUS_OK)
        fail("a message was not sent");
    ledger->sent++;
}

static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE inbox (id TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE page (id TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID;"
    "CREATE TABLE history (n INTEGER PRIMARY KEY, page TEXT, event TEXT);"
    "CREATE TABLE outbox (n INTEGER PRIMARY KEY, body BLOB);";
static const char *const STATEMENTS[] = {
    "INSERT OR IGNORE INTO inbox VALUES (?1)",
    "INSERT INTO page VALUES (?1, 'accepted') ON CONFLICT (id) DO UPDATE SET state = excluded.state",
    "INSERT INTO history (page, event) VALUES (?1, 'acknowledged')",
    "INSERT INTO outbox (body) VALUES (?1)",
};
enum { STATEMENT_COUNT = sizeof STATEMENTS / sizeof *STATEMENTS };

static sqlite3 *open_file(const char *path, sqlite3_stmt **statements) {
    sqlite3 *file;
    for (int i = 0; i < 3; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s%s", path, (const char *[]){"", "-wal", "-shm"}[i]);
        unlink(name);
    }
    if (sqlite3_open(path, &file) != SQLITE_OK || sqlite3_exec(file, SCHEMA, 0, 0, 0) != SQLITE_OK) fail(sqlite3_errmsg(file));
    for (int i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v2(file, STATEMENTS[i], -1, &statements[i], 0) != SQLITE_OK) fail(sqlite3_errmsg(file));
    return file;
}

/* The number in an identifier as `publish` writes it: what stands between the point and the slash. */
static long number_in(amqp_bytes_t id) {
    long number = 0;
    const char *text = id.bytes, *end = text + id.len, *digit = memchr(text, '.', id.len);
    if (!digit) fail("a message has another's identifier");
    for (digit++; digit < end && *digit >= '0' && *digit <= '9'; digit++) number = number * 10 + (*digit - '0');
    return number;
}

/* Takes up to a batch and writes it; returns how many there were, the last delivery's tag, and which messages they are. */
static long write_batch(amqp_connection_state_t in, sqlite3 *file, sqlite3_stmt **statements, long limit, uint64_t *last,
                        long *numbers) {
    long count = 0;
    if (sqlite3_exec(file, "BEGIN IMMEDIATE; DELETE FROM outbox", 0, 0, 0) != SQLITE_OK) fail(sqlite3_errmsg(file));
    while (count < limit) {
        amqp_envelope_t envelope;
        struct timeval patience = {.tv_sec = count ? 0 : 60};
        amqp_maybe_release_buffers(in);
        if (amqp_consume_message(in, &envelope, &patience, 0).reply_type != AMQP_RESPONSE_NORMAL) {
            if (!count) fail("no message came for a minute");
            break;
        }
        amqp_bytes_t id = envelope.message.properties.message_id, body = envelope.message.body;
        for (int i = 0; i < STATEMENT_COUNT; i++) {
            if (i < STATEMENT_COUNT - 1) sqlite3_bind_text(statements[i], 1, id.bytes, (int)id.len, SQLITE_STATIC);
            else sqlite3_bind_blob(statements[i], 1, body.bytes, (int)body.len, SQLITE_STATIC);
            if (sqlite3_step(statements[i]) != SQLITE_DONE) fail(sqlite3_errmsg(file));
            sqlite3_reset(statements[i]);
        }
        *last = envelope.delivery_tag;
        numbers[count] = number_in(id);
        amqp_destroy_envelope(&envelope);
        count++;
    }
    if (sqlite3_exec(file, "COMMIT", 0, 0, 0) != SQLITE_OK) fail(sqlite3_errmsg(file));
    return count;
}

/* Publishes at a steady rate, and notes when. */
static void offer(int port, long hops, long queues, long rate, double *published) {
    amqp_connection_state_t out = connect_to(port);
    struct ledger ledger = {.is_confirmed = calloc((size_t)(hops + 2), 1)};
    if (!ledger.is_confirmed) fail("out of memory");
    amqp_confirm_select(out, CHANNEL);
    char name[128];
    double start = seconds();
    for (long i = 0; i < hops; i++) {
        double left = start + (double)i / (double)rate - seconds();
        struct timespec pause = {.tv_nsec = (long)(left * 1e9)};
        if (left > 0) nanosleep(&pause, NULL);
        name_queue(name, sizeof name, i % queues, "liaison");
        published[i] = seconds();
        publish(out, &ledger, "", name, i);
        read_confirms(out, &ledger, 0, &(struct timeval){0});
    }
    await_confirms(out, &ledger, 0);
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Prints what durations there are, but for the first tenth, in which all sides get warm. */
static void print_durations(double *durations, long count, long rate) {
    long first = count / 10, kept = count - first;
    qsort(durations + first, (size_t)kept, sizeof *durations, by_size);
    const double *sorted = durations + first;
    printf("{\"rate\": %ld, \"messages\": %ld, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n", rate, kept,
           sorted[kept / 2] * 1e3, sorted[kept * 99 / 100] * 1e3, sorted[kept - 1] * 1e3);
}

int main(int count, char **arguments) {
    int port = 5672;
    long hops = 20000, queues = 50, rate = 0;
    const char *path = "wire_limit.sqlite";
    for (int i = 1; i + 1 < count; i += 2) {
        const char *option = arguments[i], *value = arguments[i + 1];
        if (!strcmp(option, "--port")) port = atoi(value);
        else if (!strcmp(option, "--hops")) hops = atol(value);
        else if (!strcmp(option, "--queues")) queues = atol(value);
        else if (!strcmp(option, "--rate")) rate = atol(value);
        else if (!strcmp(option, "--db")) path = value;
        else fail("there are --port, --hops, --queues, --rate and --db");
    }
    if (hops < 1 || queues < 1 || rate < 0 || (rate && hops < 100)) fail("hops, queues and rate are counts, hops 100 with a rate");

    amqp_connection_state_t out = connect_to(port), in = connect_to(port);
    struct ledger ledger = {.is_confirmed = calloc((size_t)(2 * hops + 2), 1)};
    if (!ledger.is_confirmed) fail("out of memory");
    char name[128], key[192];
    amqp_exchange_declare(out, CHANNEL, bytes(EXCHANGE), bytes("topic"), 0, 1, 0, 0, amqp_empty_table);
    for (long i = 0; i < queues; i++) {
        name_queue(name, sizeof name, i, "liaison");
        declare_queue(out, name);
        name_queue(name, sizeof name, i, "group-leader");
        declare_queue(out, name);
        snprintf(key, sizeof key, "%s.#", name);
        amqp_queue_bind(out, CHANNEL, bytes(name), bytes(EXCHANGE), bytes(key), amqp_empty_table);
    }
    amqp_confirm_select(out, CHANNEL);
    for (long i = 0; i < hops && !rate; i++) {
        name_queue(name, sizeof name, i % queues, "liaison");
        publish(out, &ledger, "", name, i);
        await_confirms(out, &ledger, WINDOW);
    }
    await_confirms(out, &ledger, 0);

    sqlite3_stmt *statements[STATEMENT_COUNT];
    sqlite3 *file = open_file(path, statements);
    long window = WINDOW / queues > LEAST_WINDOW ? WINDOW / queues : LEAST_WINDOW;
    amqp_basic_qos(in, CHANNEL, 0, (uint16_t)window, 0);
    /* The commit that copies the log into the file would be the slowest, and a short measurement can do without. */
    if (rate && sqlite3_exec(file, "PRAGMA wal_autocheckpoint = 0", 0, 0, 0) != SQLITE_OK) fail(sqlite3_errmsg(file));
    double start = seconds();
    for (long i = 0; i < queues; i++) {
        /* Without waiting for an answer, which librabbitmq would look for among all the deliveries. */
        name_queue(name, sizeof name, i, "liaison");
        amqp_basic_consume_t consume = {.queue = bytes(name), .consumer_tag = bytes(name), .nowait = 1};
        amqp_send_method(in, CHANNEL, AMQP_BASIC_CONSUME_METHOD, &consume);
    }
    /* When each was published, by the process that does, and how long it took. */
    double *published = NULL, *durations = NULL;
    pid_t publisher = 0;
    if (rate) {
        published = mmap(NULL, (size_t)hops * sizeof *published, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        durations = calloc((size_t)hops, sizeof *durations);
        if (published == MAP_FAILED || !durations) fail("out of memory");
        publisher = fork();
        if (publisher < 0) fail("no process to publish");
        if (!publisher) {
            offer(port, hops, queues, rate, published);
            _exit(0);
        }
    }
    for (long done = 0; done < hops;) {
        uint64_t last = 0;
        long limit = hops - done < BATCH ? hops - done : BATCH;
        long numbers[BATCH];
        long handled = write_batch(in, file, statements, limit, &last, numbers);
        double now = seconds();
        for (long i = 0; i < handled && rate; i++) {
            if (numbers[i] >= hops) fail("a message has another's identifier");
            durations[numbers[i]] = now - published[numbers[i]];
        }
        amqp_basic_ack(in, CHANNEL, last, 1);
        for (long i = done; i < done + handled; i++) {
            name_queue(name, sizeof name, i % queues, "group-leader");
            snprintf(key, sizeof key, "%s.99999999900100101001.acknowledged", name);
            publish(out, &ledger, EXCHANGE, key, i);
        }
        read_confirms(out, &ledger, 0, rate ? &(struct timeval){0} : NULL);
        done += handled;
    }
    await_confirms(out, &ledger, 0);
    int ended = 0;
    if (rate && (waitpid(publisher, &ended, 0) != publisher || ended)) fail("what publishes failed");
    if (rate) print_durations(durations, hops, rate);
    else printf("{\"hops_per_second\": %.0f, \"queues\": %ld, \"body_bytes\": %d}\n", (double)hops / (seconds() - start), queues, BODY_BYTES);

    for (long i = 0; i < queues; i++) {
        name_queue(name, sizeof name, i, "liaison");
        amqp_queue_delete(out, CHANNEL, bytes(name), 0, 0);
        name_queue(name, sizeof name, i, "group-leader");
        amqp_queue_delete(out, CHANNEL, bytes(name), 0, 0);
    }
    amqp_exchange_delete(out, CHANNEL, bytes(EXCHANGE), 0);
    for (int i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(statements[i]);
    sqlite3_close(file);
    return 0;
}
