/* characters.h: UTF-8 as characters, and tables of ranges of them. */
#ifndef NETC_CHARACTERS_H
#define NETC_CHARACTERS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Decodes the character that `text`, of `length` bytes, begins with, to *code: its bytes, or 0 where it begins with
 * none (RFC 3629: no longer forms than needed, no surrogates, nothing above U+10FFFF). */
static inline size_t nc_utf8(const char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    if (length == 0)
        return 0;
    size_t bytes = byte[0] < 0x80 ? 1 : byte[0] >> 5 == 6 ? 2 : byte[0] >> 4 == 14 ? 3 : byte[0] >> 3 == 30 ? 4 : 0;
    if (bytes == 0 || bytes > length)
        return 0;
    *code = bytes == 1 ? byte[0] : byte[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if (byte[i] >> 6 != 2)
            return 0;
        *code = *code << 6 | (byte[i] & 0x3fu);
    }
    return *code < least[bytes] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : bytes;
}

/* The code of the character at *text, ended by a zero byte, which is moved behind it. Bytes that are no UTF-8 are one
 * each. */
static inline uint32_t nc_character(const char **text)
{
    uint32_t code = (unsigned char)**text;
    size_t bytes = nc_utf8(*text, strnlen(*text, 4), &code);
    if (bytes == 0)
        code = (unsigned char)**text;
    *text += bytes > 0 ? bytes : 1;
    return code;
}

/* The row of the range that `code` is in, or NULL. A row is `columns` numbers, of which the first two are the ends of a
 * range; rows are in order. */
static inline const uint32_t *nc_range_of(const uint32_t *rows, size_t columns, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) { /* the first range that does not end before it */
        size_t middle = (low + high) / 2;
        if (rows[middle * columns + 1] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && rows[low * columns] <= code ? rows + low * columns : NULL;
}

/* The same in an array of rows. */
#define NC_RANGE_OF(table, code) \
    nc_range_of((table)[0], sizeof *(table) / sizeof **(table), sizeof(table) / sizeof *(table), code)

#endif
