/* Files that the runtime reads. It maps what offer() has put under a name: linked with --wrap=nc_map_file and
 * --wrap=nc_unmap_file, so that no file need be written, and reading behind its end is seen. What is mapped without it,
 * checkpoints, is copied: --wrap=mmap64. */
#include "files.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "data/data.h"
#include "once.h"

int __wrap_nc_map_file(const struct nc_run *run, const char *whose, const char *path, const unsigned char **bytes,
                       size_t *size);
void __wrap_nc_unmap_file(const unsigned char *bytes);
void *__wrap_mmap64(void *place, size_t size, int protection, int flags, int file, off_t offset);
int __wrap_munmap(void *memory, size_t size);
void *__real_mmap64(void *place, size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void *memory, size_t size);

/* ---- Files that are offered -------------------------------------------------------------------------------------- */

enum { MOST_OFFERS = 4 };

static struct offer {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} offers[MOST_OFFERS];
static int offer_count;

void forget_offers(void)
{
    offer_count = 0;
}

void offer(const char *name, const unsigned char *bytes, size_t size)
{
    offers[offer_count++] = (struct offer){name, size ? bytes : NULL, size};
}

/* A file of the scratch folder, in memory of its own size. */
static int copy_file(const char *path, const unsigned char **bytes, size_t *size)
{
    struct stat status;
    void *copy = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    if (fstat(file, &status) != 0 || (status.st_size && posix_memalign(&copy, 64, (size_t)status.st_size)) ||
        pread(file, copy, (size_t)status.st_size, 0) != status.st_size)
        finding("a file cannot be copied");
    close(file);
    *bytes = copy;
    *size = (size_t)status.st_size;
    return 0;
}

int __wrap_nc_map_file(const struct nc_run *run, const char *whose, const char *path, const unsigned char **bytes,
                       size_t *size)
{
    (void)run, (void)whose;
    for (int i = 0; i < offer_count; i++) {
        size_t length = strlen(offers[i].name), all = strlen(path);
        if (all < length || strcmp(path + all - length, offers[i].name) != 0)
            continue;
        *bytes = offers[i].bytes;
        *size = offers[i].size;
        return 0;
    }
    return copy_file(path, bytes, size);
}

void __wrap_nc_unmap_file(const unsigned char *bytes)
{
    (void)bytes; /* an input's, or memory that is given back when it is done with */
}

void *__wrap_mmap64(void *place, size_t size, int protection, int flags, int file, off_t offset)
{
    void *copy = NULL;
    if (!once_under_way())
        return __real_mmap64(place, size, protection, flags, file, offset);
    if (posix_memalign(&copy, 64, size) || pread(file, copy, size, offset) != (ssize_t)size)
        finding("a file cannot be copied");
    return copy;
}

int __wrap_munmap(void *memory, size_t size)
{
    if (!once_under_way())
        return __real_munmap(memory, size);
    free(memory);
    return 0;
}

/* ---- Real files -------------------------------------------------------------------------------------------------- */

static char scratch[256];

const char *in_scratch(const char *name)
{
    static char paths[4][512]; /* of the last calls */
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

void prepare_files(void)
{
    static const char *const libraries[] = {
        "libcjson.so.1", "libjpeg.so.62", "libpng16.so.16", "libtiff.so.6", "libwebpdemux.so.2",
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL); /* one that is missing is told by the runtime */
    const char *folder = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/netc-fuzz-XXXXXX", folder ? folder : "/tmp");
    if (!mkdtemp(scratch))
        finding("there is no scratch folder");
}

void make_scratch_folder(const char *name)
{
    mkdir(in_scratch(name), 0777);
}

void write_scratch(const char *name, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(in_scratch(name), "wb");
    if (!file || (size && fwrite(bytes, 1, size, file) != size) || fclose(file))
        finding("the scratch folder cannot be written");
}

/* ---- Containers -------------------------------------------------------------------------------------------------- */

struct bytes {
    unsigned char *at;
    size_t size;
};

static void add(struct bytes *to, const void *bytes, size_t size)
{
    if (size)
        memcpy(to->at + to->size, bytes, size);
    to->size += size;
}

static void add_number(struct bytes *to, unsigned long number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to->at[to->size++] = (unsigned char)(number >> 8 * i);
}

/* What the local header and the entry of the directory have in common. */
static void add_description(struct bytes *to, const struct record *r)
{
    add_number(to, 20, 2); /* the version that reads it */
    add_number(to, 0, 8);  /* no flags, stored, no time */
    add_number(to, crc32(0, r->bytes, (uInt)r->size), 4);
    add_number(to, r->size, 4);
    add_number(to, r->size, 4);
    add_number(to, strlen(r->name), 2);
    add_number(to, 0, 2);
}

unsigned char *zip_of(const struct record *records, int count, size_t *size)
{
    size_t capacity = 128, at[16];
    for (int i = 0; i < count; i++)
        capacity += records[i].size + 2 * strlen(records[i].name) + 128;
    struct bytes zip = {malloc(capacity), 0};
    for (int i = 0; i < count; i++) {
        at[i] = zip.size;
        add(&zip, "PK\3\4", 4);
        add_description(&zip, &records[i]);
        add(&zip, records[i].name, strlen(records[i].name));
        add(&zip, records[i].bytes, records[i].size);
    }
    size_t directory = zip.size;
    for (int i = 0; i < count; i++) {
        add(&zip, "PK\1\2\x14", 6);
        add_description(&zip, &records[i]);
        add_number(&zip, 0, 8); /* comment, disk, attributes; and 2 more of them */
        add_number(&zip, 0, 2);
        add_number(&zip, at[i], 4);
        add(&zip, records[i].name, strlen(records[i].name));
    }
    size_t length = zip.size - directory;
    add(&zip, "PK\5\6\0\0\0\0", 8);
    add_number(&zip, (unsigned long)count, 2);
    add_number(&zip, (unsigned long)count, 2);
    add_number(&zip, length, 4);
    add_number(&zip, directory, 4);
    add_number(&zip, 0, 2);
    *size = zip.size;
    return zip.at;
}

unsigned char *gzip_of(const unsigned char *bytes, size_t size, size_t *packed)
{
    struct bytes gzip = {malloc(size + size / 1000 + 128), 0};
    add(&gzip, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
    for (size_t at = 0; at < size || at == 0;) { /* stored blocks of deflate */
        size_t count = size - at < 65535 ? size - at : 65535;
        gzip.at[gzip.size++] = at + count == size;
        add_number(&gzip, count, 2);
        add_number(&gzip, ~count & 0xffff, 2);
        add(&gzip, bytes + at, count);
        at += count;
        if (!count)
            break;
    }
    add_number(&gzip, crc32(0, bytes, (uInt)size), 4);
    add_number(&gzip, size, 4);
    *packed = gzip.size;
    return gzip.at;
}
