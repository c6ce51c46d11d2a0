#include "md5.h"

#include <stdio.h>
#include <string.h>

#include "system/endian.h"

static unsigned rotated(unsigned x, int by)
{
    return x << by | x >> (32 - by);
}

/* floor(2^32 |sin(i + 1)|), the RFC's table. */
static const unsigned SINES[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void add_block(unsigned state[4], const unsigned char *block)
{
    static const int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    unsigned a = state[0], b = state[1], c = state[2], d = state[3];
    for (int i = 0; i < 64; i++) {
        int round = i / 16, word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
        unsigned mixed = round == 0   ? (b & c) | (~b & d)
                         : round == 1 ? (d & b) | (~d & c)
                         : round == 2 ? b ^ c ^ d
                                      : c ^ (b | ~d);
        unsigned sum = a + mixed + SINES[i] + (unsigned)nc_little(block + 4 * (word % 16), 4);
        a = d;
        d = c;
        c = b;
        b += rotated(sum, turns[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void nc_md5_start(struct nc_md5 *md5)
{
    *md5 = (struct nc_md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void nc_md5_add(struct nc_md5 *md5, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        size_t held = md5->bytes % 64, part = 64 - held < count ? 64 - held : count;
        memcpy(md5->block + held, bytes, part);
        md5->bytes += part;
        bytes += part;
        count -= part;
        if (held + part == 64)
            add_block(md5->state, md5->block);
    }
}

void nc_md5_finish(struct nc_md5 *md5, char text[NC_MD5_TEXT])
{
    unsigned char tail[72] = {0x80}, length[8];
    nc_put_little(length, md5->bytes * 8, 8);
    nc_md5_add(md5, tail, (size_t)(64 + 56 - 1 - md5->bytes % 64) % 64 + 1);
    nc_md5_add(md5, length, 8);
    for (int i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", md5->state[i / 4] >> 8 * (i % 4) & 255);
}

int nc_md5_of_file(const char *path, char text[NC_MD5_TEXT])
{
    static const size_t capacity = 1 << 16;
    unsigned char bytes[1 << 16];
    struct nc_md5 md5;
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    nc_md5_start(&md5);
    while ((got = fread(bytes, 1, capacity, file)) > 0)
        nc_md5_add(&md5, bytes, got);
    int failed = ferror(file);
    fclose(file);
    nc_md5_finish(&md5, text);
    return !failed;
}
