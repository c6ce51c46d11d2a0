#include "archive.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "zip.h"

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
    const unsigned char *file; /* mapped */
    size_t file_size;
    struct nc_pickle pickle;

    /* zip: the records stand in one folder, the first record's. The memory is of what had to be inflated. */
    struct nc_zip zip;
    char folder[NAME_ROOM];
    unsigned char *pickle_bytes;
    unsigned char *storage; /* the storage inflated last, and its record */
    const struct nc_zip_record *storage_record;

    /* old */
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

/* A record of the folder; NULL if there is none. */
static struct nc_zip_record *find_record(const struct nc_archive *a, const char *name)
{
    char path[2 * NAME_ROOM];
    int length = snprintf(path, sizeof path, "%s/%s", a->folder, name);
    return nc_zip_find(&a->zip, path, (size_t)length);
}

/* All bytes of a record, where they lie or in *inflated, which the caller frees. */
static const unsigned char *read_record(struct nc_archive *a, struct nc_zip_record *record, const char *what,
                                        unsigned char **inflated)
{
    const unsigned char *bytes = nc_zip_bytes(&a->zip, record, inflated);
    if (!bytes) {
        char text[2 * NAME_ROOM];
        snprintf(text, sizeof text, "%s in it is damaged (%s)", what, a->zip.error);
        fail(a, text);
    }
    return bytes;
}

/* The folder that all records stand in. */
static void find_folder(struct nc_archive *a)
{
    const struct nc_zip_record *first = a->zip.count ? a->zip.records : NULL;
    const char *slash = first ? memchr(first->name, '/', first->length) : NULL;
    if (!slash || slash - first->name >= NAME_ROOM)
        fail(a, "it is a zip file, but not one that torch.save writes: it has no folder");
    memcpy(a->folder, first->name, (size_t)(slash - first->name));
}

static void open_zip(struct nc_archive *a)
{
    if (!nc_zip_open(&a->zip, a->file, a->file_size)) {
        char text[NAME_ROOM];
        snprintf(text, sizeof text, "it is no readable zip file, perhaps cut short (%s)", a->zip.error);
        fail(a, text);
    }
    find_folder(a);
    struct nc_zip_record *record = find_record(a, "byteorder");
    if (record) {
        unsigned char *inflated;
        const unsigned char *order = read_record(a, record, "the byte order", &inflated);
        if (record->size < 6 || memcmp(order, "little", 6) != 0)
            fail(a, "its numbers are big-endian, which is not supported");
        free(inflated);
    }
    record = find_record(a, "data.pkl");
    if (!record)
        fail(a, "it is a zip file, but not one that torch.save writes: it has no data.pkl");
    if (record->size > MOST_PICKLE)
        fail(a, "its data.pkl is too large");
    const unsigned char *bytes = read_record(a, record, "data.pkl", &a->pickle_bytes);
    if (!nc_pickle_read(&a->pickle, bytes, (size_t)record->size)) {
        char text[NAME_ROOM];
        snprintf(text, sizeof text, "its data.pkl is damaged: %s", a->pickle.error);
        fail(a, text);
    }
}

static const unsigned char *zip_storage(struct nc_archive *a, const struct nc_storage *s)
{
    char name[NAME_ROOM], text[2 * NAME_ROOM];
    const uint64_t wanted = (uint64_t)s->count * (uint64_t)s->dtype->size;
    snprintf(name, sizeof name, "data/%.*s", (int)(s->key->bytes.size < 512 ? s->key->bytes.size : 512),
             (const char *)s->key->bytes.data);
    struct nc_zip_record *record = find_record(a, name);
    if (!record) {
        snprintf(text, sizeof text, "its record %s is missing", name);
        fail(a, text);
    }
    if (record->size != wanted) {
        snprintf(text, sizeof text, "its record %s has %llu bytes where %llu are expected", name,
                 (unsigned long long)record->size, (unsigned long long)wanted);
        fail(a, text);
    }
    if (record == a->storage_record)
        return a->storage;
    free(a->storage);
    a->storage_record = NULL;
    const unsigned char *bytes = read_record(a, record, name, &a->storage);
    if (a->storage)
        a->storage_record = record;
    return bytes;
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
        if (a->file_size - at < 8 || nc_little(a->file + at, 8) != (uint64_t)s->count
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

static bool begins_with(const struct nc_archive *a, const void *bytes, size_t size)
{
    return a->file_size >= size && memcmp(a->file, bytes, size) == 0;
}

struct nc_archive *nc_archive_open(struct nc_run *run, const char *path)
{
    struct nc_archive *a = nc_memory(run, 1, sizeof *a, "a checkpoint");
    a->run = run;
    a->path = path;
    int error = nc_map_file(run, "load", path, &a->file, &a->file_size);
    if (error)
        fail(a, error == EISDIR || error == ENODEV ? "it is no regular file" : strerror(error));
    if (a->file_size == 0)
        fail(a, "it is empty");
    if (begins_with(a, "PK", 2))
        open_zip(a);
    else if (begins_with(a, OLD_MAGIC, sizeof OLD_MAGIC))
        open_old(a);
    else
        fail(a, "it is no file that torch.save writes");
    return a;
}

void nc_archive_close(struct nc_archive *a)
{
    nc_zip_close(&a->zip);
    nc_unmap_file(a->file);
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

void nc_archive_forget(struct nc_archive *a, const unsigned char *bytes, size_t size)
{
    if (bytes >= a->file && bytes < a->file + a->file_size)
        nc_forget_pages(bytes, size);
}

/* Its sum has been taken over all of it: what is in memory of that goes, since it may be as large as the model. */
const unsigned char *nc_archive_storage(struct nc_archive *a, const struct nc_storage *storage)
{
    const unsigned char *bytes = a->zip.count ? zip_storage(a, storage) : old_storage(a, storage);
    nc_archive_forget(a, bytes, (size_t)storage->count * (size_t)storage->dtype->size);
    return bytes;
}

void *nc_archive_record(struct nc_archive *a, const char *name, long long *bytes)
{
    struct nc_zip_record *record = a->zip.count ? find_record(a, name) : NULL;
    if (!record)
        return NULL;
    unsigned char *inflated;
    const unsigned char *stored = read_record(a, record, name, &inflated);
    *bytes = (long long)record->size;
    if (inflated)
        return inflated;
    void *copy = nc_memory(a->run, *bytes + 1, 1, name);
    return memcpy(copy, stored, (size_t)record->size);
}
