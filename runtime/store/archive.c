#include "archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

enum { NAME_ROOM = 1024 };

/* Larger pickles than this aren't those of parameters; the elements are not in it. */
enum { MOST_PICKLE = 256 << 20 };

/* A storage of an old file: where its elements lie. */
struct old_storage {
    const struct nc_pickle_value *key;
    int element;           /* bytes */
    long long count;
    const unsigned char *bytes;
};

struct nc_archive {
    struct nc_run *run;
    const char *path;
    size_t file_size;
    struct nc_pickle pickle;

    /* zip: the records stand in one folder, the first record's */
    zip_t *zip;
    char folder[NAME_ROOM];
    unsigned char *pickle_bytes;
    unsigned char *storage;     /* the record read last, its size and its key */
    zip_uint64_t storage_size;
    const struct nc_pickle_value *storage_key;

    /* old */
    unsigned char *file;
    struct nc_pickle keys;
    struct old_storage *storages;
    size_t storage_count;
};

/* Ends the program: the file can be opened, but is no checkpoint or a damaged one. */
_Noreturn static void fail(const struct nc_archive *a, const char *what)
{
    nc_fail(a->run, NULL, "cannot load %s: %s", a->path, what);
}

static bool same_key(const struct nc_pickle_value *a, const struct nc_pickle_value *b)
{
    return a->bytes.size == b->bytes.size && memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0;
}

/* ---- Zip ------------------------------------------------------------------------------------------------------- */

/* Index of a record, or -1; its size in *size. */
static zip_int64_t find_record(struct nc_archive *a, const char *name, size_t length, zip_uint64_t *size)
{
    char path[2 * NAME_ROOM];
    zip_stat_t status;
    if (length >= NAME_ROOM || memchr(name, 0, length))
        return -1;
    snprintf(path, sizeof path, "%s/%.*s", a->folder, (int)length, name);
    zip_int64_t index = zip_name_locate(a->zip, path, 0);
    if (index < 0 || zip_stat_index(a->zip, (zip_uint64_t)index, 0, &status) != 0 || !(status.valid & ZIP_STAT_SIZE))
        return -1;
    *size = status.size;
    return index;
}

/* All bytes of a record, in memory that the caller frees. libzip checks the CRC. */
static unsigned char *read_record(struct nc_archive *a, zip_int64_t index, zip_uint64_t size, const char *what)
{
    enum { MOST_EXPANSION = 1032 }; /* deflate makes nothing smaller than that */
    if (size / MOST_EXPANSION > a->file_size)
        fail(a, "a record in it claims to be larger than it can be");
    unsigned char *bytes = nc_memory(a->run, (long long)size + 1, 1, what);
    zip_file_t *record = zip_fopen_index(a->zip, (zip_uint64_t)index, 0);
    zip_uint64_t done = 0;
    while (record && done <= size) { /* one byte more than there may be: the end is where the CRC is checked */
        zip_int64_t got = zip_fread(record, bytes + done, size + 1 - done);
        if (got <= 0) {
            if (got < 0)
                done = 0;
            break;
        }
        done += (zip_uint64_t)got;
    }
    if (!record || (done != size && size > 0) || zip_error_code_zip(zip_file_get_error(record)) != ZIP_ER_OK) {
        char text[NAME_ROOM];
        snprintf(text, sizeof text, "%s in it is damaged (%s)", what,
                 record ? zip_file_strerror(record) : zip_strerror(a->zip));
        fail(a, text);
    }
    zip_fclose(record);
    return bytes;
}

static void open_zip(struct nc_archive *a)
{
    int code = 0;
    a->zip = zip_open(a->path, ZIP_RDONLY, &code);
    if (!a->zip) {
        zip_error_t error;
        char text[NAME_ROOM];
        zip_error_init_with_code(&error, code);
        snprintf(text, sizeof text, "it is no readable zip file, perhaps cut short (%s)", zip_error_strerror(&error));
        zip_error_fini(&error);
        fail(a, text);
    }
    const char *first = zip_get_name(a->zip, 0, ZIP_FL_ENC_RAW), *slash = first ? strchr(first, '/') : NULL;
    if (!slash || slash - first >= NAME_ROOM)
        fail(a, "it is a zip file, but not one that torch.save writes: it has no folder");
    memcpy(a->folder, first, (size_t)(slash - first));
    zip_uint64_t size;
    zip_int64_t index = find_record(a, "byteorder", strlen("byteorder"), &size);
    if (index >= 0) {
        unsigned char *order = read_record(a, index, size, "the byte order");
        if (size < 6 || memcmp(order, "little", 6) != 0)
            fail(a, "its numbers are big-endian, which is not supported");
        free(order);
    }
    index = find_record(a, "data.pkl", strlen("data.pkl"), &size);
    if (index < 0)
        fail(a, "it is a zip file, but not one that torch.save writes: it has no data.pkl");
    if (size > MOST_PICKLE)
        fail(a, "its data.pkl is too large");
    a->pickle_bytes = read_record(a, index, size, "data.pkl");
    if (!nc_pickle_read(&a->pickle, a->pickle_bytes, (size_t)size)) {
        char text[NAME_ROOM];
        snprintf(text, sizeof text, "its data.pkl is damaged: %s", a->pickle.error);
        fail(a, text);
    }
}

static const unsigned char *zip_storage(struct nc_archive *a, const struct nc_storage *s)
{
    char name[NAME_ROOM];
    zip_uint64_t size;
    zip_uint64_t wanted = (zip_uint64_t)s->count * (zip_uint64_t)s->dtype->size;
    if (a->storage_key && same_key(a->storage_key, s->key) && a->storage_size == wanted)
        return a->storage;
    int length = snprintf(name, sizeof name, "data/%.*s", (int)(s->key->bytes.size < 512 ? s->key->bytes.size : 512),
                          (const char *)s->key->bytes.data);
    zip_int64_t index = find_record(a, name, (size_t)length, &size);
    char text[2 * NAME_ROOM];
    if (index < 0) {
        snprintf(text, sizeof text, "its record %s is missing", name);
        fail(a, text);
    }
    if (size != wanted) {
        snprintf(text, sizeof text, "its record %s has %llu bytes where %llu are expected", name,
                 (unsigned long long)size, (unsigned long long)wanted);
        fail(a, text);
    }
    free(a->storage);
    a->storage = read_record(a, index, size, name);
    a->storage_size = size;
    a->storage_key = s->key;
    return a->storage;
}

/* ---- The container of before 1.6 ------------------------------------------------------------------------------- */

static const unsigned char OLD_MAGIC[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                          0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};

/* Reads the pickle at *at and moves on. */
static void next_pickle(struct nc_archive *a, struct nc_pickle *pickle, size_t *at)
{
    if (!nc_pickle_read(pickle, a->file + *at, a->file_size - *at)) {
        char text[NAME_ROOM];
        snprintf(text, sizeof text, "it is damaged: in the pickle at byte %zu, %s", *at, pickle->error);
        fail(a, text);
    }
    *at += pickle->size;
}

/* A key of the storage list -> its type and count, by the persistent ids of the object. */
static bool describe_storage(const struct nc_archive *a, struct old_storage *to)
{
    const struct nc_pickle_value *all = a->pickle.persistent;
    for (size_t i = 0; i < all->items.count; i++) {
        struct nc_storage s;
        if (nc_storage_read(all->items.data[i], &s) && same_key(s.key, to->key)) {
            to->element = s.dtype->size;
            to->count = s.count;
            return true;
        }
    }
    return false;
}

/* After the five pickles: for each key, an int64 count and the elements. */
static void locate_storages(struct nc_archive *a, size_t at)
{
    const struct nc_pickle_value *keys = a->keys.root;
    if (keys->kind != NC_PICKLE_LIST || keys->items.count > 100000)
        fail(a, "it is damaged: it has no list of storages");
    a->storages = nc_memory(a->run, (long long)keys->items.count + 1, sizeof *a->storages, "a checkpoint");
    for (size_t i = 0; i < keys->items.count; i++) {
        struct old_storage *s = &a->storages[a->storage_count++];
        s->key = keys->items.data[i];
        if ((s->key->kind != NC_PICKLE_STRING && s->key->kind != NC_PICKLE_BYTES) || !describe_storage(a, s))
            fail(a, "a storage in it is of an unknown kind");
        uint64_t count = 0;
        for (int k = 7; k >= 0 && a->file_size - at >= 8; k--)
            count = count << 8 | a->file[at + (size_t)k];
        if (a->file_size - at < 8 || count != (uint64_t)s->count
            || (a->file_size - at - 8) / (size_t)s->element < (size_t)s->count)
            fail(a, "it is damaged or was cut short");
        s->bytes = a->file + at + 8;
        at += 8 + (size_t)s->count * (size_t)s->element;
    }
}

static void open_old(struct nc_archive *a)
{
    struct nc_pickle skipped;
    size_t at = 0;
    for (int i = 0; i < 3; i++) { /* magic number, version, system */
        next_pickle(a, &skipped, &at);
        const struct nc_pickle_value *little = nc_pickle_get(skipped.root, "little_endian");
        if (little && little->kind == NC_PICKLE_BOOL && !little->integer)
            fail(a, "its numbers are big-endian, which is not supported");
        if (i == 1 && (skipped.root->kind != NC_PICKLE_INTEGER || skipped.root->integer != 1001))
            fail(a, "it is in an unknown version of torch's old format");
        nc_pickle_free(&skipped);
    }
    next_pickle(a, &a->pickle, &at);
    next_pickle(a, &a->keys, &at);
    locate_storages(a, at);
}

static const unsigned char *old_storage(struct nc_archive *a, const struct nc_storage *s)
{
    for (size_t i = 0; i < a->storage_count; i++) {
        const struct old_storage *o = &a->storages[i];
        if (same_key(o->key, s->key) && o->count == s->count && o->element == s->dtype->size)
            return o->bytes;
    }
    fail(a, "a storage that its pickle names is missing");
}

/* ---- Either ---------------------------------------------------------------------------------------------------- */

struct nc_archive *nc_archive_open(struct nc_run *run, const char *path)
{
    struct nc_archive *a = nc_memory(run, 1, sizeof *a, "a checkpoint");
    a->run = run;
    a->path = path;
    unsigned char start[sizeof OLD_MAGIC] = {0};
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        fail(a, strerror(errno));
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        fail(a, "it is no regular file");
    a->file_size = (size_t)status.st_size;
    ssize_t got = read(file, start, sizeof start);
    if (got < 0)
        fail(a, strerror(errno));
    if (got == 0)
        fail(a, "it is empty");
    if (memcmp(start, "PK", 2) == 0) {
        open_zip(a);
    } else if (memcmp(start, OLD_MAGIC, sizeof OLD_MAGIC) == 0) {
        void *bytes = mmap(NULL, a->file_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes == MAP_FAILED)
            fail(a, strerror(errno));
        a->file = bytes;
        open_old(a);
    } else {
        fail(a, "it is no file that torch.save writes");
    }
    close(file);
    return a;
}

void nc_archive_close(struct nc_archive *a)
{
    if (a->zip)
        zip_discard(a->zip);
    if (a->file)
        munmap(a->file, a->file_size);
    nc_pickle_free(&a->pickle);
    nc_pickle_free(&a->keys);
    free(a->pickle_bytes);
    free(a->storage);
    free(a->storages);
    free(a);
}

const struct nc_pickle_value *nc_archive_root(const struct nc_archive *a)
{
    return a->pickle.root;
}

const unsigned char *nc_archive_storage(struct nc_archive *a, const struct nc_storage *storage)
{
    return a->zip ? zip_storage(a, storage) : old_storage(a, storage);
}

void *nc_archive_record(struct nc_archive *a, const char *name, long long *bytes)
{
    zip_uint64_t size;
    zip_int64_t index = a->zip ? find_record(a, name, strlen(name), &size) : -1;
    if (index < 0)
        return NULL;
    *bytes = (long long)size;
    return read_record(a, index, size, name);
}
