/* picture_sum.h: a decoded picture in one line, as tests/fixtures/pictures/sums.txt has it. */
#ifndef TESTS_UNIT_PICTURE_SUM_H
#define TESTS_UNIT_PICTURE_SUM_H

#include <stdio.h>

#include "image/decode.h"

/* CRC-32, as zlib's. */
static inline unsigned crc32_of(const unsigned char *bytes, long long count)
{
    unsigned crc = 0xffffffff;
    for (long long i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

/* "WIDTH HEIGHT CRC", or "refused SENTENCE". */
static inline void describe_picture(const unsigned char *file, long long size, struct nc_image *image, char line[512])
{
    char error[NC_IMAGE_ERROR];
    if (!nc_image_decode(file, size, image, error))
        snprintf(line, 512, "refused %s", error);
    else
        snprintf(line, 512, "%d %d %08x", image->width, image->height,
                 crc32_of(image->bytes, (long long)image->width * image->height * 3));
}

#endif
