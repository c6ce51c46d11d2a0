/* BMP, read here: the headers of Windows and OS/2, 1, 4, 8, 16, 24 and 32 bits, bit fields and run lengths, as PIL's
 * BmpImagePlugin reads them. */
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "formats.h"

enum { RAW, RLE8, RLE4, BITFIELDS };

struct bitmap {
    const unsigned char *file;
    long long size;
    long long width, height;
    int top_down;  /* rows from the top */
    int bits, compression;
    long long pixels;    /* where they begin in the file */
    unsigned masks[4];   /* BITFIELDS: red, green, blue, alpha */
    unsigned char palette[256][3];
    char *error;
};

/* Layouts of bit fields that PIL knows; other ones are refused. */
static const struct layout {
    int bits;
    unsigned masks[4];
} layouts[] = {
    {32, {0xff0000, 0xff00, 0xff, 0}},
    {32, {0xff000000, 0xff0000, 0xff00, 0}},
    {32, {0xff000000, 0xff00, 0xff, 0}},
    {32, {0xff000000, 0xff0000, 0xff00, 0xff}},
    {32, {0xff, 0xff00, 0xff0000, 0xff000000}},
    {32, {0xff0000, 0xff00, 0xff, 0xff000000}},
    {32, {0xff000000, 0xff00, 0xff, 0xff0000}},
    {32, {0, 0, 0, 0}},
    {24, {0xff0000, 0xff00, 0xff, 0}},
    {16, {0xf800, 0x7e0, 0x1f, 0}},
    {16, {0x7c00, 0x3e0, 0x1f, 0}},
};

static int cut_short(const struct bitmap *b)
{
    return nc_image_refuse(b->error, "the BMP file is cut short");
}

static int broken(const struct bitmap *b, const char *what, long long number)
{
    return nc_image_refuse(b->error, "the BMP file has %s %lld, which is not read", what, number);
}

static int read_masks(struct bitmap *b, int header, long long *at)
{
    int count = header >= 56 ? 4 : 3;
    const unsigned char *masks = b->file + 54;
    if (header < 52) /* they stand behind the header */
        *at += 12;
    if (*at > b->size || b->size < 54 + 4 * count)
        return cut_short(b);
    for (int i = 0; i < count; i++)
        b->masks[i] = (unsigned)nc_little(masks + 4 * i, 4);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].bits == b->bits && !memcmp(layouts[i].masks, b->masks, b->bits == 32 ? 16 : 12))
            return 1;
    return nc_image_refuse(b->error, "the BMP file has bit fields that are not read");
}

/* The palette, at `at`. PIL takes one of greys in order for none, which tells for values behind its end. */
static int read_palette(struct bitmap *b, long long colours, int entry, long long *at)
{
    if (colours == 0)
        colours = 1LL << b->bits;
    if (colours > 65536)
        return broken(b, "a palette of", colours);
    if (b->pixels == *at)
        b->pixels += entry * colours;
    int greys = b->bits == 8;
    for (int i = 0; i < 256 && i < colours; i++) {
        const unsigned char *colour = b->file + *at + entry * i;
        if (b->size < *at + entry * i + 3)
            break;
        for (int c = 0; c < 3; c++) {
            b->palette[i][c] = colour[2 - c];
            greys = greys && colour[c] == i;
        }
    }
    for (int i = (int)(colours < 256 ? colours : 256); greys && i < 256; i++)
        memset(b->palette[i], i, 3);
    *at += entry * colours;
    return 1;
}

static int read_header(struct bitmap *b, int sizes_only)
{
    const unsigned char *file = b->file;
    if (b->size < 26)
        return cut_short(b);
    long long header = (long long)nc_little(file + 14, 4), at = 14 + header, colours = 0;
    b->pixels = (long long)nc_little(file + 10, 4);
    if (header != 12 && header != 40 && header != 52 && header != 56 && header != 64 && header != 108 && header != 124)
        return broken(b, "a header of size", header);
    if (b->size < at)
        return cut_short(b);
    if (header == 12) {
        b->width = (long long)nc_little(file + 18, 2);
        b->height = (long long)nc_little(file + 20, 2);
        b->bits = (int)nc_little(file + 24, 2);
    } else {
        b->top_down = file[25] == 0xff;
        b->width = (long long)nc_little(file + 18, 4);
        b->height = (long long)nc_little(file + 22, 4);
        if (b->top_down)
            b->height = (1LL << 32) - b->height;
        b->bits = (int)nc_little(file + 28, 2);
        b->compression = (int)(nc_little(file + 30, 4) & 0x7fffffff);
        colours = (long long)nc_little(file + 46, 4);
    }
    if (sizes_only)
        return 1;
    if (b->bits != 1 && b->bits != 4 && b->bits != 8 && b->bits != 16 && b->bits != 24 && b->bits != 32)
        return broken(b, "a depth of", b->bits);
    if (b->compression > BITFIELDS)
        return broken(b, "the compression", b->compression);
    if (b->compression == BITFIELDS && !read_masks(b, (int)header, &at))
        return 0;
    if ((b->compression == RLE8 && b->bits != 8) || (b->compression == RLE4 && b->bits != 4))
        return broken(b, "run lengths and a depth of", b->bits);
    if (b->bits <= 8 && !read_palette(b, colours, header == 12 ? 3 : 4, &at))
        return 0;
    if (b->pixels == 0)
        b->pixels = at;
    return 1;
}

/* 0 to `most` as 0 to 255. */
static unsigned char widened(unsigned value, unsigned most)
{
    return (unsigned char)(value * 255 / most);
}

static void convert_16(const struct bitmap *b, const unsigned char *from, unsigned char *to)
{
    unsigned pixel = (unsigned)nc_little(from, 2);
    int greens = b->masks[1] == 0x7e0 ? 6 : 5;
    to[0] = widened(pixel >> (greens + 5) & 31, 31);
    to[1] = widened(pixel >> 5 & ((1u << greens) - 1), (1u << greens) - 1);
    to[2] = widened(pixel & 31, 31);
}

/* Which byte of a pixel each of red, green and blue is. */
static void find_bytes(const struct bitmap *b, int bytes[3])
{
    for (int c = 0; c < 3; c++) {
        bytes[c] = 2 - c;
        if (b->bits == 32 && b->masks[c])
            for (bytes[c] = 0; b->masks[c] >> 8 * bytes[c] != 0xff;)
                bytes[c]++;
    }
}

static void convert_row(const struct bitmap *b, const unsigned char *from, unsigned char *to)
{
    int bytes[3], step = b->bits / 8;
    find_bytes(b, bytes);
    for (long long x = 0; x < b->width; x++, to += 3) {
        if (b->bits == 16)
            convert_16(b, from + 2 * x, to);
        else if (b->bits > 16)
            for (int c = 0; c < 3; c++)
                to[c] = from[x * step + bytes[c]];
        else
            memcpy(to, b->palette[nc_image_bits(from, x, b->bits)], 3);
    }
}

static unsigned char *row_of(const struct bitmap *b, const struct nc_image *image, long long y)
{
    return image->bytes + (size_t)(b->top_down ? y : b->height - 1 - y) * (size_t)b->width * 3;
}

static int read_rows(const struct bitmap *b, struct nc_image *image)
{
    long long stride = (b->width * b->bits + 31) / 32 * 4, needed = (b->width * b->bits + 7) / 8;
    for (long long y = 0; y < b->height; y++) {
        long long at = b->pixels + y * stride;
        if (at + needed > b->size)
            return cut_short(b);
        convert_row(b, b->file + at, row_of(b, image, y));
    }
    return 1;
}

/* Run lengths go on from row to row: `place` is the number of the pixel in the file's order. */
static void put(const struct bitmap *b, struct nc_image *image, long long place, int colour)
{
    if (place < b->width * b->height)
        memcpy(row_of(b, image, place / b->width) + place % b->width * 3, b->palette[colour], 3);
}

/* Pixels that stand one by one, `count` of them, at b->file + at. */
static long long put_plain(const struct bitmap *b, struct nc_image *image, long long place, long long at,
                           long long count)
{
    for (long long i = 0; i < count; i++)
        put(b, image, place++, nc_image_bits(b->file + at, i, b->bits));
    return place;
}

/* What no run reaches has the first colour. */
static void fill(const struct bitmap *b, struct nc_image *image)
{
    size_t row = (size_t)b->width * 3;
    for (size_t x = 0; x < row; x += 3)
        memcpy(image->bytes + x, b->palette[0], 3);
    for (size_t y = 1; y < (size_t)b->height; y++)
        memcpy(image->bytes + y * row, image->bytes, row);
}

static int read_runs(const struct bitmap *b, struct nc_image *image)
{
    const unsigned char *file = b->file;
    long long all = b->width * b->height, place = 0, x = 0, at = b->pixels;
    fill(b, image);
    while (place < all) {
        if (at + 2 > b->size)
            return cut_short(b);
        int count = file[at], what = file[at + 1];
        at += 2;
        if (count) { /* a run, never beyond its row */
            long long run = x + count > b->width ? (x < b->width ? b->width - x : 0) : count;
            for (long long i = 0; i < run; i++)
                put(b, image, place++, b->bits == 8 ? what : i % 2 ? what & 15 : what >> 4);
            x += run;
        } else if (what == 0) { /* the row ends */
            place += (b->width - place % b->width) % b->width;
            x = 0;
        } else if (what == 1) {
            return cut_short(b);
        } else if (what == 2) { /* go right and up */
            if (at + 2 > b->size)
                return cut_short(b);
            place += file[at] + file[at + 1] * b->width;
            at += 2;
            x = place % b->width;
        } else {
            long long pixels = what < all - place ? what : all - place;
            long long bytes = b->bits == 8 ? pixels : (pixels + 1) / 2;
            if (at + bytes > b->size)
                return cut_short(b);
            place = put_plain(b, image, place, at, pixels);
            x += what;
            at += bytes + (at + bytes) % 2;
        }
    }
    return 1;
}

static int is_bmp(const unsigned char *file, long long size)
{
    return size >= 2 && !memcmp(file, "BM", 2);
}

static int scan_bmp(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    struct bitmap b = {.file = file, .size = size, .error = error};
    return read_header(&b, 1) && nc_image_sizes("BMP", b.width, b.height, width, height, error);
}

static int decode_bmp(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    struct bitmap b = {.file = file, .size = size, .error = error};
    if (!read_header(&b, 0) || !nc_image_begin("BMP", b.width, b.height, image, error))
        return 0;
    return b.compression == RLE8 || b.compression == RLE4 ? read_runs(&b, image) : read_rows(&b, image);
}

const struct nc_image_format nc_bmp_format = {"BMP", is_bmp, scan_bmp, decode_bmp};
