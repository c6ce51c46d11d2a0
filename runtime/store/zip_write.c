#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "system/endian.h"
#include "internal.h"
#include "zip.h"

enum {
    ALIGN = 64,              /* of a record's bytes */
    LOCAL_SIZE = 30,         /* bytes of a header before the name */
    EXTRA_ZIP64 = 1,
    EXTRA_PADDING = 0x4246,  /* "FB": torch's mark for padding */
    FLAG_UTF8 = 1 << 11,
    VERSION = 20,            /* 2.0, of the format that a reader must know, */
    VERSION_ZIP64 = 45,
    DATE_1980 = 1 << 5 | 1,
    END64_SIZE = 56,
};

static const uint64_t NARROW = 0xffffffff; /* in 32 bits: the number stands in the zip64 part */

/* The number, or the sign that it is too large for `bytes` bytes. */
static void put_narrow(FILE *to, uint64_t value, int bytes)
{
    const uint64_t most = bytes == 2 ? 0xffff : NARROW;
    nc_write_little(to, value < most ? value : most, bytes);
}

/* What the header of a record and its entry in the directory have in common. */
static void put_common(FILE *to, size_t length, uint64_t size, uint32_t crc, size_t extra, int version)
{
    nc_write_little(to, (uint64_t)version, 2);
    nc_write_little(to, FLAG_UTF8, 2);
    nc_write_little(to, 0, 4); /* stored; midnight */
    nc_write_little(to, DATE_1980, 2);
    nc_write_little(to, crc, 4);
    put_narrow(to, size, 4);
    put_narrow(to, size, 4);
    nc_write_little(to, length, 2);
    nc_write_little(to, extra, 2);
}

static void put_local(struct nc_zip_writer *zip, const char *name, uint64_t size, uint32_t crc)
{
    const size_t length = strlen(name), wide = size >= NARROW ? 20 : 0;
    const size_t pad = -(zip->offset + LOCAL_SIZE + length + wide + 4) % ALIGN;
    FILE *to = zip->file;
    fputs("PK\3\4", to);
    put_common(to, length, size, crc, wide + 4 + pad, wide ? VERSION_ZIP64 : VERSION);
    fputs(name, to);
    if (wide) {
        nc_write_little(to, EXTRA_ZIP64, 2);
        nc_write_little(to, 16, 2);
        nc_write_little(to, size, 8);
        nc_write_little(to, size, 8);
    }
    nc_write_little(to, EXTRA_PADDING, 2);
    nc_write_little(to, pad, 2);
    for (size_t i = 0; i < pad; i++)
        putc('Z', to);
    zip->offset += LOCAL_SIZE + length + wide + 4 + pad + size;
}

static void put_entry(FILE *to, const char *name, uint64_t size, uint32_t crc, uint64_t header)
{
    const size_t wide = (size >= NARROW ? 16 : 0) + (header >= NARROW ? 8 : 0);
    const int version = wide ? VERSION_ZIP64 : VERSION;
    fputs("PK\1\2", to);
    nc_write_little(to, (uint64_t)version, 2);
    put_common(to, strlen(name), size, crc, wide ? 4 + wide : 0, version);
    nc_write_little(to, 0, 6); /* no comment; disk 0; */
    nc_write_little(to, 0, 4); /* no attributes */
    put_narrow(to, header, 4);
    fputs(name, to);
    if (wide) {
        nc_write_little(to, EXTRA_ZIP64, 2);
        nc_write_little(to, wide, 2);
    }
    if (size >= NARROW) {
        nc_write_little(to, size, 8);
        nc_write_little(to, size, 8);
    }
    if (header >= NARROW)
        nc_write_little(to, header, 8);
}

void nc_zip_begin(struct nc_zip_writer *zip, FILE *file)
{
    *zip = (struct nc_zip_writer){.file = file};
    zip->directory = nc_memory_stream(NULL, &zip->text, &zip->text_size, "a zip file's directory");
}

int nc_zip_add(struct nc_zip_writer *zip, const char *name, const void *bytes, uint64_t size)
{
    const uint64_t header = zip->offset;
    const uint32_t crc = (uint32_t)crc32_z(0, bytes, (size_t)size);
    errno = 0;
    put_local(zip, name, size, crc);
    fwrite(bytes, 1, (size_t)size, zip->file);
    put_entry(zip->directory, name, size, crc, header);
    zip->count++;
    return ferror(zip->file) ? -1 : 0;
}

/* The record of the end, with its zip64 part where a number needs it. */
static void put_end(const struct nc_zip_writer *zip)
{
    const uint64_t size = zip->text_size, begin = zip->offset;
    FILE *to = zip->file;
    if (zip->count >= 0xffff || size >= NARROW || begin >= NARROW) {
        fputs("PK\6\6", to);
        nc_write_little(to, END64_SIZE - 12, 8);
        nc_write_little(to, VERSION_ZIP64, 2);
        nc_write_little(to, VERSION_ZIP64, 2);
        nc_write_little(to, 0, 8);
        nc_write_little(to, zip->count, 8);
        nc_write_little(to, zip->count, 8);
        nc_write_little(to, size, 8);
        nc_write_little(to, begin, 8);
        fputs("PK\6\7", to);
        nc_write_little(to, 0, 4);
        nc_write_little(to, begin + size, 8);
        nc_write_little(to, 1, 4);
    }
    fputs("PK\5\6", to);
    nc_write_little(to, 0, 4);
    put_narrow(to, zip->count, 2);
    put_narrow(to, zip->count, 2);
    put_narrow(to, size, 4);
    put_narrow(to, begin, 4);
    nc_write_little(to, 0, 2);
}

int nc_zip_end(struct nc_zip_writer *zip)
{
    fclose(zip->directory);
    fwrite(zip->text, 1, zip->text_size, zip->file);
    put_end(zip);
    free(zip->text);
    return ferror(zip->file) ? -1 : 0;
}
