/* PBM, PGM and PPM (P1 to P6), read here. Values are scaled to 255 as PIL's PpmImagePlugin does it: rounded to the
 * nearest, halves to even; greys of more than 8 bits are scaled to 65535 and then clipped to 255 (PIL's mode I). */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "formats.h"

enum { TOKEN = 10 }; /* most characters of a number */

struct reader {
    const unsigned char *next, *end;
    char *error;
};

/* What the file says of its picture. */
struct header {
    int kind; /* '1' to '6' */
    long long width, height, most; /* most: the largest value */
};

static int is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int cut_short(const struct reader *r)
{
    return nc_image_refuse(r->error, "the PPM file is cut short");
}

static void skip_comment(struct reader *r)
{
    while (r->next < r->end && *r->next != '\n' && *r->next != '\r')
        r->next++;
    if (r->next < r->end)
        r->next++;
}

/* A number with the one blank behind it; blanks and comments before it. */
static int read_number(struct reader *r, long long *number)
{
    int digits = 0;
    *number = 0;
    while (r->next < r->end) {
        int c = *r->next++;
        if (c == '#') {
            skip_comment(r);
        } else if (is_space(c)) {
            if (digits)
                return 1;
        } else if (c < '0' || c > '9' || ++digits > TOKEN) {
            return nc_image_refuse(r->error, "the PPM file is broken: a number is wrong");
        } else {
            *number = *number * 10 + c - '0';
        }
    }
    return digits ? 1 : cut_short(r);
}

static int is_pnm(const unsigned char *file, long long size)
{
    return size >= 3 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' && is_space(file[2]);
}

static int read_header(struct reader *r, struct header *header)
{
    header->kind = r->next[1];
    header->most = 1;
    r->next += 3;
    if (!read_number(r, &header->width) || !read_number(r, &header->height))
        return 0;
    if (header->kind == '1' || header->kind == '4')
        return 1;
    if (!read_number(r, &header->most))
        return 0;
    if (header->most < 1 || header->most > 65535)
        return nc_image_refuse(r->error, "the PPM file is broken: its largest value is not 1 to 65535");
    return 1;
}

static unsigned char scaled(const struct header *header, int channels, long long value)
{
    if (header->most == 255)
        return (unsigned char)value;
    double top = channels == 1 && header->most > 255 ? 65535 : 255;
    double scaled = rint((double)value / (double)header->most * top);
    return scaled < 255 ? (unsigned char)scaled : 255;
}

/* P1: digits that need no blanks between them. 1 is black. */
static int read_plain_bit(struct reader *r, unsigned char *to)
{
    while (r->next < r->end) {
        int c = *r->next++;
        if (c == '#')
            skip_comment(r);
        else if (!is_space(c)) {
            *to = c == '0' ? 255 : 0;
            return c == '0' || c == '1' ? 1 : nc_image_refuse(r->error, "the PPM file is broken: a bit is not 0 or 1");
        }
    }
    return cut_short(r);
}

static int read_plain(struct reader *r, const struct header *header, int channels, unsigned char *to)
{
    long long value;
    if (header->kind == '1')
        return read_plain_bit(r, to);
    if (!read_number(r, &value))
        return 0;
    if (value > header->most)
        return nc_image_refuse(r->error, "the PPM file is broken: the value %lld is over %lld", value, header->most);
    *to = scaled(header, channels, value);
    return 1;
}

/* A row of `count` values; P4 has 8 pixels a byte and rows of whole bytes. */
static int read_raw_row(struct reader *r, const struct header *header, int channels, long long count, unsigned char *to)
{
    int bits = header->kind == '4', wide = header->most > 255;
    long long bytes = bits ? (count + 7) / 8 : wide ? count * 2 : count;
    if (r->end - r->next < bytes)
        return cut_short(r);
    const unsigned char *from = r->next;
    for (long long i = 0; i < count; i++) {
        if (bits)
            to[i] = from[i / 8] >> (7 - i % 8) & 1 ? 0 : 255;
        else
            to[i] = scaled(header, channels, wide ? from[2 * i] << 8 | from[2 * i + 1] : from[i]);
    }
    r->next += bytes;
    return 1;
}

static int scan_pnm(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    struct reader reader = {file, file + size, error};
    struct header header;
    return read_header(&reader, &header) && nc_image_sizes("PPM", header.width, header.height, width, height, error);
}

static int decode_pnm(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    struct reader reader = {file, file + size, error};
    struct header header;
    if (!read_header(&reader, &header) || !nc_image_begin("PPM", header.width, header.height, image, error))
        return 0;
    int channels = header.kind == '3' || header.kind == '6' ? 3 : 1;
    long long count = header.width * channels;
    for (int y = 0; y < image->height; y++) {
        unsigned char *row = image->bytes + (size_t)y * (size_t)image->width * 3;
        if (header.kind >= '4' && !read_raw_row(&reader, &header, channels, count, row))
            return 0;
        for (long long i = 0; header.kind < '4' && i < count; i++)
            if (!read_plain(&reader, &header, channels, row + i))
                return 0;
        if (channels == 1)
            nc_image_spread_greys(row, image->width);
    }
    return 1;
}

const struct nc_image_format nc_pnm_format = {"PPM", is_pnm, scan_pnm, decode_pnm};
