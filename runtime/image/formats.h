/* formats.h: what decode.c knows of each format, and what the formats' decoders share. */
#ifndef NC_IMAGE_FORMATS_H
#define NC_IMAGE_FORMATS_H

#include "decode.h"

struct nc_image_format {
    const char *name;                                     /* as PIL's: "JPEG" */
    int (*is)(const unsigned char *file, long long size); /* do these bytes begin such a file? */
    /* As nc_image_scan and nc_image_decode. Sizes that are found go through nc_image_sizes, or, before memory is taken
     * for pixels, through nc_image_begin. */
    int (*scan)(const unsigned char *file, long long size, int *width, int *height, char *error);
    int (*decode)(const unsigned char *file, long long size, struct nc_image *image, char *error);
};

extern const struct nc_image_format nc_jpeg_format, nc_png_format, nc_webp_format, nc_tiff_format, nc_bmp_format,
    nc_pnm_format;

/* Writes the sentence; returns 0. */
int nc_image_refuse(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The size that a file claims: 1, or 0 with a sentence where no picture may have it. */
int nc_image_sizes(const char *format, long long claimed_width, long long claimed_height, int *width, int *height,
                   char *error);

/* Gives `image` this size, if it may have it, and three channels. */
int nc_image_begin(const char *format, long long width, long long height, struct nc_image *image, char *error);

/* The i-th of a row's samples of 1, 2, 4 or 8 bits, the first one in the highest bits. */
static inline int nc_image_bits(const unsigned char *row, long long i, int bits)
{
    long long place = i * bits;
    return row[place / 8] >> (8 - bits - place % 8) & ((1 << bits) - 1);
}

/* CMYK (0: no ink) to RGB, as PIL converts them; `count` pixels. */
void nc_image_cmyk(const unsigned char *cmyk, unsigned char *rgb, long long count);

/* The greys in the first `count` bytes of a row become its `count` pixels. */
void nc_image_spread_greys(unsigned char *row, long long count);

/* Four bytes a pixel to the first three of them. */
void nc_image_drop_fourth(const unsigned char *pixels, unsigned char *rgb, long long count);

#endif
