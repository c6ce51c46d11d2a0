/* endian.h: numbers of up to eight bytes in files and records, whose order of bytes is the format's, not the
 * processor's. */
#ifndef NETC_ENDIAN_H
#define NETC_ENDIAN_H

#include <stdint.h>
#include <stdio.h>

static inline uint64_t nc_little(const unsigned char *from, int bytes)
{
    uint64_t number = 0;
    for (int i = bytes - 1; i >= 0; i--)
        number = number << 8 | from[i];
    return number;
}

static inline uint64_t nc_big(const unsigned char *from, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | from[i];
    return number;
}

static inline void nc_put_little(unsigned char *to, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(number >> 8 * i);
}

/* To a file. Returns whether it took them. */
static inline int nc_write_little(FILE *to, uint64_t number, int bytes)
{
    unsigned char little[8];
    nc_put_little(little, number, bytes);
    return fwrite(little, 1, (size_t)bytes, to) == (size_t)bytes;
}

#endif
