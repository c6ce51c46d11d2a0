#include "zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "system/endian.h"
#include "internal.h"

enum {
    LOCAL_MARK = 0x04034b50,   /* "PK\3\4" */
    ENTRY_MARK = 0x02014b50,   /* "PK\1\2" */
    END_MARK = 0x06054b50,     /* "PK\5\6" */
    END64_MARK = 0x06064b50,   /* "PK\6\6" */
    LOCATOR_MARK = 0x07064b50, /* "PK\6\7" */

    LOCAL_SIZE = 30, /* bytes of each structure before what varies */
    ENTRY_SIZE = 46,
    END_SIZE = 22,
    END64_SIZE = 56,
    LOCATOR_SIZE = 20,
    MOST_COMMENT = 65535,

    FLAG_ENCRYPTED = 1 << 0,
    FLAG_LATER = 1 << 3, /* CRC and sizes stand behind the record, and zeros in its header */
    FLAG_MASKED = 1 << 13,
    FLAGS = FLAG_ENCRYPTED | FLAG_LATER | FLAG_MASKED,

    EXTRA_ZIP64 = 1,
    STORED = 0,
    DEFLATED = 8,
    MOST_RATIO = 1032 /* deflate makes nothing smaller than that */
};

static const uint64_t NARROW = 0xffffffff; /* in 32 bits: the number stands in the zip64 part */

static bool wrong(struct nc_zip *zip, const char *what)
{
    snprintf(zip->error, sizeof zip->error, "%s", what);
    return false;
}

/* ---- The end of the file ----------------------------------------------------------------------------------------- */

/* Where the directory is, and what it has. */
struct place {
    uint64_t count, size, begin, end; /* end: where what stands behind it begins */
};

/* Takes the 64-bit number, where the 32-bit (or, with `most` 0xffff, 16-bit) one is the largest of its kind or the
 * same. */
static bool widen(uint64_t *narrow, uint64_t wide, uint64_t most)
{
    if (*narrow != most && *narrow != wide)
        return false;
    *narrow = wide;
    return true;
}

/* The zip64 record of the end, if there is one in front of `end`. */
static bool read_end64(struct nc_zip *zip, size_t end, struct place *place)
{
    if (end < LOCATOR_SIZE || nc_little(zip->bytes + end - LOCATOR_SIZE, 4) != LOCATOR_MARK)
        return true;
    const size_t locator = end - LOCATOR_SIZE;
    const uint64_t at = nc_little(zip->bytes + locator + 8, 8);
    if (nc_little(zip->bytes + locator + 4, 4) != 0 || locator < END64_SIZE || at > locator - END64_SIZE)
        return wrong(zip, "its zip64 record is not where it should be");
    const unsigned char *end64 = zip->bytes + at;
    if (nc_little(end64, 4) != END64_MARK || nc_little(end64 + 4, 8) != locator - at - 12)
        return wrong(zip, "its zip64 record is not where it should be");
    if (nc_little(end64 + 16, 8) != 0)
        return wrong(zip, "it is a part of several");
    if (nc_little(end64 + 24, 8) != nc_little(end64 + 32, 8) || !widen(&place->count, nc_little(end64 + 32, 8), 0xffff)
        || !widen(&place->size, nc_little(end64 + 40, 8), NARROW)
        || !widen(&place->begin, nc_little(end64 + 48, 8), NARROW))
        return wrong(zip, "its zip64 record contradicts what stands behind it");
    place->end = at;
    return true;
}

/* The end's record has a comment of up to 64 KiB behind it, which must end with the file. */
static bool find_end(struct nc_zip *zip, struct place *place)
{
    if (zip->size < END_SIZE)
        return wrong(zip, "it is too short");
    const size_t last = zip->size - END_SIZE, first = last > MOST_COMMENT ? last - MOST_COMMENT : 0;
    size_t at = last;
    while (nc_little(zip->bytes + at, 4) != END_MARK || nc_little(zip->bytes + at + 20, 2) != last - at) {
        if (at == first)
            return wrong(zip, "it has no directory at its end");
        at--;
    }
    const unsigned char *end = zip->bytes + at;
    if (nc_little(end + 4, 4) != 0)
        return wrong(zip, "it is a part of several");
    *place = (struct place){.count = nc_little(end + 10, 2), .size = nc_little(end + 12, 4),
                            .begin = nc_little(end + 16, 4), .end = at};
    if (nc_little(end + 8, 2) != place->count)
        return wrong(zip, "its numbers of records differ");
    if (!read_end64(zip, at, place))
        return false;
    if (place->begin > place->end || place->size != place->end - place->begin
        || place->count > place->size / ENTRY_SIZE)
        return wrong(zip, "its directory is not where it should be");
    return true;
}

/* ---- The directory ----------------------------------------------------------------------------------------------- */

/* Replaces those of the numbers that are NARROW by the 64-bit ones of the extra field, in the order given. */
static bool widen_by_extra(const unsigned char *extra, size_t length, uint64_t *const numbers[], int count)
{
    const unsigned char *wide = NULL;
    size_t wide_length = 0;
    while (length >= 4) {
        const size_t size = nc_little(extra + 2, 2);
        if (size > length - 4)
            return false;
        if (nc_little(extra, 2) == EXTRA_ZIP64) {
            if (wide)
                return false;
            wide = extra + 4;
            wide_length = size;
        }
        extra += 4 + size;
        length -= 4 + size;
    }
    for (int i = 0; wide && i < count; i++) {
        if (*numbers[i] != NARROW)
            continue;
        if (wide_length < 8)
            return false;
        *numbers[i] = nc_little(wide, 8);
        wide += 8;
        wide_length -= 8;
    }
    return true;
}

/* Holds the header in front of a record against the directory, and finds the record's bytes. */
static bool read_local(struct nc_zip *zip, struct nc_zip_record *r, const struct place *place)
{
    if (place->begin < LOCAL_SIZE || r->header > place->begin - LOCAL_SIZE)
        return wrong(zip, "a record of it lies beyond its end");
    const unsigned char *header = zip->bytes + r->header;
    const uint64_t length = nc_little(header + 26, 2), extra = nc_little(header + 28, 2);
    r->begin = r->header + LOCAL_SIZE + length + extra;
    if (r->begin > place->begin || r->packed > place->begin - r->begin)
        return wrong(zip, "a record of it lies beyond its end");
    if (nc_little(header, 4) != LOCAL_MARK || ((nc_little(header + 6, 2) ^ r->flags) & FLAGS) != 0
        || nc_little(header + 8, 2) != r->method || length != r->length
        || memcmp(header + LOCAL_SIZE, r->name, r->length) != 0)
        return wrong(zip, "its directory contradicts a record's header");
    uint64_t packed = nc_little(header + 18, 4), size = nc_little(header + 22, 4);
    uint64_t *const numbers[] = {&size, &packed};
    if (!widen_by_extra(header + LOCAL_SIZE + length, extra, numbers, 2))
        return wrong(zip, "a record of it has a damaged header");
    if (!(r->flags & FLAG_LATER) && (nc_little(header + 14, 4) != r->crc || packed != r->packed || size != r->size))
        return wrong(zip, "its directory contradicts a record's header");
    return true;
}

/* Reads the directory's entry at *at and moves on. */
static bool read_entry(struct nc_zip *zip, struct nc_zip_record *r, uint64_t *at, const struct place *place)
{
    const unsigned char *entry = zip->bytes + *at;
    if (place->end - *at < ENTRY_SIZE || nc_little(entry, 4) != ENTRY_MARK)
        return wrong(zip, "its directory is damaged");
    const uint64_t extra = nc_little(entry + 30, 2), comment = nc_little(entry + 32, 2);
    *r = (struct nc_zip_record){
        .name = (const char *)entry + ENTRY_SIZE, .length = nc_little(entry + 28, 2), .size = nc_little(entry + 24, 4),
        .packed = nc_little(entry + 20, 4), .header = nc_little(entry + 42, 4),
        .crc = (uint32_t)nc_little(entry + 16, 4),
        .flags = (unsigned)nc_little(entry + 8, 2), .method = (unsigned)nc_little(entry + 10, 2),
    };
    if (place->end - *at - ENTRY_SIZE < r->length + extra + comment)
        return wrong(zip, "its directory is damaged");
    uint64_t *const numbers[] = {&r->size, &r->packed, &r->header};
    if (!widen_by_extra(entry + ENTRY_SIZE + r->length, extra, numbers, 3) || nc_little(entry + 34, 2) != 0)
        return wrong(zip, "its directory is damaged");
    if (memchr(r->name, 0, r->length))
        return wrong(zip, "a name in it has a zero byte");
    *at += ENTRY_SIZE + r->length + extra + comment;
    return read_local(zip, r, place);
}

static int by_place(const void *a, const void *b)
{
    const struct nc_zip_record *x = *(struct nc_zip_record *const *)a, *y = *(struct nc_zip_record *const *)b;
    return (x->header > y->header) - (x->header < y->header);
}

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int by_name(const void *a, const void *b)
{
    const struct nc_zip_record *x = *(struct nc_zip_record *const *)a, *y = *(struct nc_zip_record *const *)b;
    return compare_names(x->name, x->length, y->name, y->length);
}

/* No two records may share bytes or a name. Leaves them sorted by name. */
static bool sort(struct nc_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++)
        zip->sorted[i] = &zip->records[i];
    qsort(zip->sorted, zip->count, sizeof *zip->sorted, by_place);
    for (size_t i = 1; i < zip->count; i++)
        if (zip->sorted[i - 1]->begin + zip->sorted[i - 1]->packed > zip->sorted[i]->header)
            return wrong(zip, "two records in it overlap");
    qsort(zip->sorted, zip->count, sizeof *zip->sorted, by_name);
    for (size_t i = 1; i < zip->count; i++)
        if (by_name(&zip->sorted[i - 1], &zip->sorted[i]) == 0)
            return wrong(zip, "two records in it have the same name");
    return true;
}

bool nc_zip_open(struct nc_zip *zip, const void *bytes, size_t size)
{
    struct place place;
    *zip = (struct nc_zip){.bytes = bytes, .size = size};
    if (!find_end(zip, &place))
        return false;
    zip->records = nc_memory_grow(NULL, NULL, (long long)place.count + 1, sizeof *zip->records,
                                  "a zip file's directory");
    zip->sorted = nc_memory_grow(NULL, NULL, (long long)place.count + 1, sizeof *zip->sorted,
                                 "a zip file's directory");
    uint64_t at = place.begin;
    while (zip->count < place.count)
        if (!read_entry(zip, &zip->records[zip->count++], &at, &place))
            return false;
    if (at != place.end)
        return wrong(zip, "its directory has more than it says");
    return sort(zip);
}

void nc_zip_close(struct nc_zip *zip)
{
    free(zip->records);
    free(zip->sorted);
    *zip = (struct nc_zip){0};
}

struct nc_zip_record *nc_zip_find(const struct nc_zip *zip, const char *name, size_t length)
{
    size_t first = 0, end = zip->count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        struct nc_zip_record *r = zip->sorted[middle];
        const int order = compare_names(name, length, r->name, r->length);
        if (order == 0)
            return r;
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

/* ---- A record ---------------------------------------------------------------------------------------------------- */

/* Inflates all bytes of a record; what is in the file must be used up by exactly so many. */
static bool inflate_record(struct nc_zip *zip, const struct nc_zip_record *r, unsigned char *to)
{
    enum { CHUNK = 1 << 30 }; /* zlib counts in unsigned ints */
    z_stream stream = {0};
    uint64_t taken = 0, made = 0;
    unsigned char beyond; /* where a byte too many would go */
    int status = Z_OK;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) /* negative: without a frame */
        nc_fail(NULL, NULL, "no memory to inflate a record of a zip file");
    while (status == Z_OK) {
        const uint64_t left = r->packed - taken, capacity = r->size - made;
        stream.next_in = (unsigned char *)zip->bytes + r->begin + taken; /* zlib does not write there */
        stream.avail_in = left < CHUNK ? (unsigned)left : CHUNK;
        stream.next_out = capacity ? to + made : &beyond;
        stream.avail_out = !capacity ? 1 : capacity < CHUNK ? (unsigned)capacity : CHUNK;
        const unsigned in = stream.avail_in, out = stream.avail_out;
        status = inflate(&stream, Z_NO_FLUSH);
        taken += in - stream.avail_in;
        made += out - stream.avail_out;
        if (made > r->size)
            break;
    }
    inflateEnd(&stream);
    if (status == Z_MEM_ERROR)
        nc_fail(NULL, NULL, "no memory to inflate a record of a zip file");
    if (status != Z_STREAM_END || taken != r->packed || made != r->size)
        return wrong(zip, "what it was deflated to is damaged");
    return true;
}

static bool sum_is_right(struct nc_zip *zip, struct nc_zip_record *r, const unsigned char *bytes)
{
    r->whole = r->whole || (uint32_t)crc32_z(0, bytes, (size_t)r->size) == r->crc;
    return r->whole || wrong(zip, "its CRC-32 is wrong");
}

const unsigned char *nc_zip_bytes(struct nc_zip *zip, struct nc_zip_record *record, unsigned char **inflated)
{
    *inflated = NULL;
    if (record->flags & (FLAG_ENCRYPTED | FLAG_MASKED)) {
        wrong(zip, "it is encrypted");
        return NULL;
    }
    if (record->method == STORED) {
        const unsigned char *bytes = zip->bytes + record->begin;
        if (record->packed != record->size)
            wrong(zip, "it is stored, but in another size");
        else if (sum_is_right(zip, record, bytes))
            return bytes;
        return NULL;
    }
    if (record->method != DEFLATED) {
        wrong(zip, "it is compressed by another method than deflate");
        return NULL;
    }
    if (record->size / MOST_RATIO > record->packed) {
        wrong(zip, "it claims to be larger than so few bytes can be");
        return NULL;
    }
    *inflated = nc_memory_grow(NULL, NULL, (long long)record->size + 1, 1, "a record of a zip file");
    if (inflate_record(zip, record, *inflated) && sum_is_right(zip, record, *inflated))
        return *inflated;
    free(*inflated);
    *inflated = NULL;
    return NULL;
}
