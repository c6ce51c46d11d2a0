#include "events.h"

#include <stdlib.h>

#include "event.pb-c.h"

enum { FIRST_CAPACITY = 4096 }; /* enough for a scalar, so that no step asks for memory */

uint32_t nc_crc32c(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint32_t crc = ~(uint32_t)0;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}

uint32_t nc_masked_crc32c(const void *bytes, size_t size)
{
    uint32_t crc = nc_crc32c(bytes, size);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

static void put_little_endian(unsigned char *to, uint64_t value, int width)
{
    for (int i = 0; i < width; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

/* u64 length | u32 masked CRC of the length | event | u32 masked CRC of the event */
static int frame(struct nc_event_record *record, const Netc__Event *event)
{
    const size_t size = netc__event__get_packed_size(event), wanted = size + NC_EVENT_FRAME;
    if (wanted > record->capacity) {
        const size_t capacity = wanted > FIRST_CAPACITY ? wanted : FIRST_CAPACITY;
        unsigned char *grown = realloc(record->bytes, capacity);
        if (!grown)
            return -1;
        record->bytes = grown;
        record->capacity = capacity;
    }
    unsigned char *bytes = record->bytes;
    put_little_endian(bytes, size, 8);
    put_little_endian(bytes + 8, nc_masked_crc32c(bytes, 8), 4);
    netc__event__pack(event, bytes + 12);
    put_little_endian(bytes + 12 + size, nc_masked_crc32c(bytes + 12, size), 4);
    record->size = size + NC_EVENT_FRAME;
    return 0;
}

int nc_event_version(struct nc_event_record *record, double time, long long step)
{
    Netc__Event event = NETC__EVENT__INIT;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_FILE_VERSION;
    event.file_version = (char *)"brain.Event:2";
    return frame(record, &event);
}

int nc_event_scalar(struct nc_event_record *record, double time, long long step, const char *tag, double value)
{
    Netc__Summary__Value scalar = NETC__SUMMARY__VALUE__INIT, *values[] = {&scalar};
    Netc__Summary summary = NETC__SUMMARY__INIT;
    Netc__Event event = NETC__EVENT__INIT;
    scalar.tag = (char *)tag;
    scalar.value_case = NETC__SUMMARY__VALUE__VALUE_SIMPLE_VALUE;
    scalar.simple_value = (float)value;
    summary.n_value = 1;
    summary.value = values;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_SUMMARY;
    event.summary = &summary;
    return frame(record, &event);
}

int nc_event_restart(struct nc_event_record *record, double time, long long step)
{
    Netc__SessionLog log = NETC__SESSION_LOG__INIT;
    Netc__Event event = NETC__EVENT__INIT;
    log.status = NETC__SESSION_LOG__STATUS__START;
    event.wall_time = time;
    event.step = step;
    event.what_case = NETC__EVENT__WHAT_SESSION_LOG;
    event.session_log = &log;
    return frame(record, &event);
}
