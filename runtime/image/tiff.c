/* TIFF, by libtiff: the first picture of the file, in strips or tiles, its colours in one plane or in several, of the
 * kinds that PIL reads. As PIL: it is turned as its orientation says (no other format is); colours of 16 bits keep
 * their high byte; greys of more than 8 bits are clipped to 0 to 255. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tiffio.h>

#include "system/library.h"
#include "escape.h"
#include "formats.h"

#define LIBTIFF(F)                                                                                                     \
    F(TIFFOpenOptionsAlloc) F(TIFFOpenOptionsFree) F(TIFFOpenOptionsSetMaxSingleMemAlloc)                              \
    F(TIFFOpenOptionsSetErrorHandlerExtR) F(TIFFOpenOptionsSetWarningHandlerExtR) F(TIFFClientOpenExt) F(TIFFClose)    \
    F(TIFFGetField) F(TIFFGetFieldDefaulted) F(TIFFSetField) F(TIFFIsTiled) F(TIFFTileSize) F(TIFFTileRowSize)         \
    F(TIFFStripSize) F(TIFFScanlineSize) F(TIFFComputeStrip) F(TIFFComputeTile) F(TIFFReadEncodedStrip)                \
    F(TIFFReadEncodedTile) F(TIFFGetStrileOffset)

NC_LIBRARY(libtiff, LIBTIFF, "libtiff.so.6", "libtiff6")

enum { MOST_MEMORY = 1 << 30, MOST_SAMPLES = 6 };

struct decoder {
    TIFF *tiff;
    const unsigned char *file;
    long long size, at;
    char *error;
    jmp_buf out;

    uint32_t width, height;
    uint16_t photometric, bits, samples, format, planar, compression, orientation;
    uint16_t extra; /* what the first extra sample is; EXTRASAMPLE_UNSPECIFIED without */
    int extras;
    uint16_t *palette[3];
};

/* ---- The file as libtiff reads it -------------------------------------------------------------------------------- */

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t count)
{
    struct decoder *d = handle;
    if (d->at > d->size || count < 0)
        return 0;
    if (count > d->size - d->at)
        count = d->size - d->at;
    memcpy(to, d->file + d->at, (size_t)count);
    d->at += count;
    return count;
}

static tmsize_t write_bytes(thandle_t handle, void *from, tmsize_t count)
{
    (void)handle, (void)from, (void)count;
    return 0;
}

static toff_t seek_bytes(thandle_t handle, toff_t offset, int whence)
{
    struct decoder *d = handle;
    if (offset > INT64_MAX / 2)
        return (toff_t)-1;
    d->at = (long long)offset + (whence == SEEK_CUR ? d->at : whence == SEEK_END ? d->size : 0);
    return (toff_t)d->at;
}

static int close_file(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t size_of_file(thandle_t handle)
{
    return (toff_t)((struct decoder *)handle)->size;
}

/* The first one tells most. */
static int on_error(TIFF *tiff, void *context, const char *module, const char *format, va_list list)
{
    struct decoder *d = context;
    (void)tiff, (void)module;
    if (!d->error[0]) {
        int length = snprintf(d->error, NC_IMAGE_ERROR, "the TIFF file is broken: ");
        vsnprintf(d->error + length, (size_t)(NC_IMAGE_ERROR - length), format, list);
        /* Of no elements it says that too, and goes on; of others it would go on, and crash. */
        if ((strstr(d->error, "Out of memory") || strstr(d->error, "Failed to allocate memory")) &&
            !strstr(d->error, "(0 elements")) {
            nc_image_refuse(d->error, NC_IMAGE_NO_MEMORY " to read it");
            longjmp(d->out, NC_FAILED);
        }
    }
    return 1;
}

static int ignore_warning(TIFF *tiff, void *context, const char *module, const char *format, va_list list)
{
    (void)tiff, (void)context, (void)module, (void)format, (void)list;
    return 1;
}

/* The sentence of libtiff, or else this one. */
static int failed(struct decoder *d, const char *sentence)
{
    return d->error[0] ? 0 : nc_image_refuse(d->error, "%s", sentence);
}

static void read_fields(struct decoder *d)
{
    uint16_t *extra = NULL, extras = 0;
    libtiff.TIFFGetField(d->tiff, TIFFTAG_IMAGEWIDTH, &d->width);
    libtiff.TIFFGetField(d->tiff, TIFFTAG_IMAGELENGTH, &d->height);
    libtiff.TIFFGetField(d->tiff, TIFFTAG_PHOTOMETRIC, &d->photometric);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_BITSPERSAMPLE, &d->bits);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_SAMPLESPERPIXEL, &d->samples);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_SAMPLEFORMAT, &d->format);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_PLANARCONFIG, &d->planar);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_COMPRESSION, &d->compression);
    libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_ORIENTATION, &d->orientation);
    if (libtiff.TIFFGetField(d->tiff, TIFFTAG_EXTRASAMPLES, &extras, &extra) && extras) {
        d->extras = extras;
        d->extra = extra[0];
    }
}

static int open_file(struct decoder *d)
{
    if (!nc_library_load(&libtiff_library, d->error, NC_IMAGE_ERROR))
        return 0;
    TIFFOpenOptions *options = libtiff.TIFFOpenOptionsAlloc();
    d->error[0] = 0;
    if (options) {
        libtiff.TIFFOpenOptionsSetMaxSingleMemAlloc(options, MOST_MEMORY);
        libtiff.TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, d);
        libtiff.TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, d);
        d->tiff = libtiff.TIFFClientOpenExt("picture", "rm", d, read_bytes, write_bytes, seek_bytes, close_file,
                                            size_of_file, NULL, NULL, options);
        libtiff.TIFFOpenOptionsFree(options);
    }
    if (!d->tiff)
        return failed(d, "the TIFF file is broken");
    read_fields(d);
    return 1;
}

static void close_decoder(struct decoder *d)
{
    if (d->tiff)
        libtiff.TIFFClose(d->tiff);
}

/* ---- What its samples are ---------------------------------------------------------------------------------------- */

static int is_small(int bits)
{
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

/* Whether PIL reads such samples. */
static int is_read(const struct decoder *d)
{
    int whole = d->format == SAMPLEFORMAT_UINT;
    switch (d->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        if (d->samples == 2)
            return whole && d->bits == 8 && d->extras && d->photometric == PHOTOMETRIC_MINISBLACK;
        return d->samples == 1 && ((is_small(d->bits) && whole) || (d->bits == 8 && d->format == SAMPLEFORMAT_INT) ||
                                   (d->bits == 16 && d->format <= SAMPLEFORMAT_INT) ||
                                   (d->bits == 32 && d->format <= SAMPLEFORMAT_IEEEFP));
    case PHOTOMETRIC_PALETTE:
        return whole && is_small(d->bits) && (d->samples == 1 || (d->samples == 2 && d->bits == 8));
    case PHOTOMETRIC_RGB:
        return whole && d->samples >= 3 &&
               (d->bits == 8 ? d->samples <= MOST_SAMPLES : d->bits == 16 && d->samples <= 4);
    case PHOTOMETRIC_SEPARATED:
        return whole && d->samples >= 4 &&
               (d->bits == 8 ? d->samples <= MOST_SAMPLES : d->bits == 16 && d->samples == 4);
    case PHOTOMETRIC_YCBCR: /* libtiff and libjpeg make RGB of it */
        return whole && d->bits == 8 && d->samples == 3 && d->compression == COMPRESSION_JPEG &&
               d->planar == PLANARCONFIG_CONTIG;
    default:
        return 0;
    }
}

/* ---- Rows of samples to RGB -------------------------------------------------------------------------------------- */

/* Where a row's samples are: of a plane each, `step` bytes from one pixel to the next. */
struct row {
    const unsigned char *plane[MOST_SAMPLES];
    long long step;
};

/* A colour of 8 or 16 bits, the latter in the machine's order. */
static unsigned char colour_at(const struct decoder *d, const unsigned char *sample)
{
    uint16_t wide;
    if (d->bits == 8)
        return *sample;
    memcpy(&wide, sample, sizeof wide);
    return (unsigned char)(wide >> 8);
}

/* PIL's modes I;16, I and F, clipped to bytes. */
static unsigned char clipped_grey(const struct decoder *d, const unsigned char *sample)
{
    double value;
    if (d->bits == 16) {
        uint16_t wide;
        memcpy(&wide, sample, sizeof wide);
        value = d->format == SAMPLEFORMAT_INT ? (int16_t)wide : wide;
    } else if (d->format == SAMPLEFORMAT_IEEEFP) {
        float real;
        memcpy(&real, sample, sizeof real);
        value = (double)real;
    } else {
        int32_t whole;
        memcpy(&whole, sample, sizeof whole);
        value = whole;
    }
    return value >= 255 ? 255 : value > 0 ? (unsigned char)value : 0;
}

static unsigned char grey_at(const struct decoder *d, const struct row *row, long long x)
{
    const unsigned char *sample = row->plane[0];
    if (d->bits > 8)
        return clipped_grey(d, sample + x * row->step);
    int grey = d->bits == 8 ? sample[x * row->step] : nc_image_bits(sample, x, d->bits) * (255 / ((1 << d->bits) - 1));
    return (unsigned char)(d->photometric == PHOTOMETRIC_MINISWHITE ? 255 - grey : grey);
}

/* Colours that have been multiplied with their opacity: c * 255 / a. */
static void divide_by_alpha(unsigned char *pixel, int alpha)
{
    for (int c = 0; c < 3; c++) {
        int whole = alpha ? pixel[c] * 255 / alpha : 0;
        pixel[c] = (unsigned char)(whole > 255 ? 255 : whole);
    }
}

static void convert_pixel(const struct decoder *d, const struct row *row, long long x, unsigned char *pixel)
{
    unsigned char inks[4];
    int count = d->photometric == PHOTOMETRIC_SEPARATED ? 4 : 3;
    for (int c = 0; c < count; c++)
        inks[c] = colour_at(d, row->plane[c] + x * row->step);
    if (count == 4) {
        nc_image_cmyk(inks, pixel, 1);
        return;
    }
    memcpy(pixel, inks, 3);
    if (d->photometric == PHOTOMETRIC_RGB && d->samples > 3 && d->extras && d->extra == EXTRASAMPLE_ASSOCALPHA)
        divide_by_alpha(pixel, colour_at(d, row->plane[3] + x * row->step));
}

static void convert_row(const struct decoder *d, const struct row *row, long long count, unsigned char *pixels)
{
    for (long long x = 0; x < count; x++, pixels += 3) {
        if (d->photometric == PHOTOMETRIC_PALETTE) {
            int colour = d->bits == 8 ? row->plane[0][x * row->step] : nc_image_bits(row->plane[0], x, d->bits);
            for (int c = 0; c < 3; c++)
                pixels[c] = (unsigned char)(d->palette[c][colour] >> 8);
        } else if (d->photometric <= PHOTOMETRIC_MINISBLACK) {
            memset(pixels, grey_at(d, row, x), 3);
        } else {
            convert_pixel(d, row, x, pixels);
        }
    }
}

/* ---- Strips and tiles -------------------------------------------------------------------------------------------- */

/* The blocks of a file, and memory for one of every plane. */
struct blocks {
    int tiled, planes;
    uint32_t width, height;
    tmsize_t row, bytes; /* of a plane of a block */
    unsigned char *memory;
};

static int measure_blocks(struct decoder *d, struct blocks *blocks)
{
    blocks->tiled = libtiff.TIFFIsTiled(d->tiff);
    blocks->planes = d->planar == PLANARCONFIG_SEPARATE ? d->samples : 1;
    blocks->width = d->width;
    if (blocks->tiled) {
        libtiff.TIFFGetField(d->tiff, TIFFTAG_TILEWIDTH, &blocks->width);
        libtiff.TIFFGetField(d->tiff, TIFFTAG_TILELENGTH, &blocks->height);
        blocks->bytes = libtiff.TIFFTileSize(d->tiff);
        blocks->row = libtiff.TIFFTileRowSize(d->tiff);
    } else {
        libtiff.TIFFGetFieldDefaulted(d->tiff, TIFFTAG_ROWSPERSTRIP, &blocks->height);
        if (blocks->height > d->height)
            blocks->height = d->height;
        blocks->bytes = libtiff.TIFFStripSize(d->tiff);
        blocks->row = libtiff.TIFFScanlineSize(d->tiff);
    }
    long long samples = blocks->planes > 1 ? 1 : d->samples, needed = (blocks->width * samples * d->bits + 7) / 8;
    if (blocks->bytes <= 0 || blocks->row < needed || blocks->width == 0 || blocks->height == 0 ||
        blocks->bytes / blocks->row < blocks->height || blocks->bytes > MOST_MEMORY / blocks->planes)
        return failed(d, "the TIFF file is broken: the size of its strips or tiles");
    blocks->memory = malloc((size_t)(blocks->bytes * blocks->planes));
    return blocks->memory ? 1 : nc_image_refuse(d->error, "there is no memory for a strip of the TIFF file");
}

/* All planes of the block at (x, y), `rows` rows of which are wanted. */
static int read_block(struct decoder *d, const struct blocks *blocks, uint32_t x, uint32_t y, tmsize_t rows)
{
    for (int plane = 0; plane < blocks->planes; plane++) {
        unsigned char *to = blocks->memory + plane * blocks->bytes;
        uint32_t block = blocks->tiled ? libtiff.TIFFComputeTile(d->tiff, x, y, 0, (uint16_t)plane)
                                       : libtiff.TIFFComputeStrip(d->tiff, y, (uint16_t)plane);
        if (libtiff.TIFFGetStrileOffset(d->tiff, block) == 0) /* as libtiff says where the file says nothing */
            return failed(d, "the TIFF file is broken: a strip or tile is missing");
        tmsize_t got = blocks->tiled ? libtiff.TIFFReadEncodedTile(d->tiff, block, to, blocks->bytes)
                                     : libtiff.TIFFReadEncodedStrip(d->tiff, block, to, blocks->bytes);
        if (got < rows * blocks->row)
            return failed(d, "the TIFF file is cut short");
    }
    return 1;
}

static void convert_block(const struct decoder *d, const struct blocks *blocks, uint32_t x, uint32_t y, tmsize_t rows,
                          struct nc_image *image)
{
    int sample_bytes = d->bits > 8 ? d->bits / 8 : 1;
    long long count = d->width - x < blocks->width ? d->width - x : blocks->width;
    for (tmsize_t r = 0; r < rows; r++) {
        struct row row = {.step = blocks->planes > 1 ? sample_bytes : sample_bytes * d->samples};
        for (int s = 0; s < d->samples && s < MOST_SAMPLES; s++)
            row.plane[s] = blocks->memory + r * blocks->row +
                           (blocks->planes > 1 ? s * blocks->bytes : (tmsize_t)s * sample_bytes);
        convert_row(d, &row, count, image->bytes + (((size_t)y + (size_t)r) * d->width + x) * 3);
    }
}

static int read_blocks(struct decoder *d, struct blocks *blocks, struct nc_image *image)
{
    if (!measure_blocks(d, blocks))
        return 0;
    for (uint32_t y = 0; y < d->height; y += blocks->height) {
        tmsize_t rows = d->height - y < blocks->height ? d->height - y : blocks->height;
        for (uint32_t x = 0; x < d->width; x += blocks->width) {
            if (!read_block(d, blocks, x, y, rows))
                return 0;
            convert_block(d, blocks, x, y, rows, image);
        }
    }
    return 1;
}

/* ---- The orientation --------------------------------------------------------------------------------------------- */

/* Turns and mirrors it: orientation 5 to 8 exchanges rows and columns, 2, 3, 7 and 8 mirror the columns of what the
 * file has, 3, 4, 6 and 7 its rows. */
static int turn(const struct decoder *d, struct nc_image *image)
{
    int o = d->orientation, exchanged = o >= 5, mirror_x = o == 2 || o == 3 || o == 7 || o == 8;
    int mirror_y = o == 3 || o == 4 || o == 6 || o == 7, width = image->width, height = image->height;
    struct nc_image turned = {0};
    if (o < 2 || o > 8)
        return 1;
    if (!nc_image_shape(&turned, exchanged ? height : width, exchanged ? width : height, 3))
        return nc_image_refuse(d->error, "there is no memory to turn the picture of the TIFF file");
    for (int y = 0; y < turned.height; y++)
        for (int x = 0; x < turned.width; x++) {
            int column = exchanged ? y : x, row = exchanged ? x : y;
            column = mirror_x ? width - 1 - column : column;
            row = mirror_y ? height - 1 - row : row;
            memcpy(turned.bytes + ((size_t)y * (size_t)turned.width + (size_t)x) * 3,
                   image->bytes + ((size_t)row * (size_t)width + (size_t)column) * 3, 3);
        }
    nc_image_swap(image, &turned);
    nc_image_free(&turned);
    return 1;
}

/* ---- The format -------------------------------------------------------------------------------------------------- */

static int is_tiff(const unsigned char *file, long long size)
{
    return size >= 4 && (!memcmp(file, "II*\0", 4) || !memcmp(file, "MM\0*", 4) || !memcmp(file, "II+\0", 4) ||
                         !memcmp(file, "MM\0+", 4));
}

/* A piece of work on a file, and whether it is done. */
struct job {
    struct decoder d;
    struct blocks blocks;
    struct nc_image *image;
    int done;
};

static void do_scan(void *context)
{
    struct job *job = context;
    job->done = open_file(&job->d);
}

static int scan_tiff(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    struct job job = {.d = {.file = file, .size = size, .error = error}};
    const struct decoder *d = &job.d;
    int done = nc_escape(job.d.out, do_scan, &job) && job.done, exchanged = d->orientation >= 5 && d->orientation <= 8;
    done = done && nc_image_sizes("TIFF", exchanged ? d->height : d->width, exchanged ? d->width : d->height, width,
                                  height, error);
    close_decoder(&job.d);
    return done;
}

static int read_picture(struct decoder *d, struct blocks *blocks, struct nc_image *image)
{
    if (!open_file(d))
        return 0;
    if (!is_read(d))
        return nc_image_refuse(d->error, "the TIFF file has colours of a kind that is not read (photometric %d, %d "
                                         "samples of %d bits, format %d)",
                               d->photometric, d->samples, d->bits, d->format);
    if (d->photometric == PHOTOMETRIC_PALETTE &&
        !libtiff.TIFFGetField(d->tiff, TIFFTAG_COLORMAP, &d->palette[0], &d->palette[1], &d->palette[2]))
        return failed(d, "the TIFF file is broken: it has no palette");
    if (d->photometric == PHOTOMETRIC_YCBCR)
        libtiff.TIFFSetField(d->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return nc_image_begin("TIFF", d->width, d->height, image, d->error) && read_blocks(d, blocks, image) &&
           turn(d, image);
}

static void do_decode(void *context)
{
    struct job *job = context;
    job->done = read_picture(&job->d, &job->blocks, job->image);
}

static int decode_tiff(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    struct job job = {.d = {.file = file, .size = size, .error = error}, .image = image};
    int done = nc_escape(job.d.out, do_decode, &job) && job.done;
    free(job.blocks.memory);
    close_decoder(&job.d);
    return done;
}

const struct nc_image_format nc_tiff_format = {"TIFF", is_tiff, scan_tiff, decode_tiff};
