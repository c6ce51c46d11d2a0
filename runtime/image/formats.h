/* formats.h: what decode.c knows of each format, and what the formats' decoders share. */
#ifndef NC_IMAGE_FORMATS_H
#define NC_IMAGE_FORMATS_H

#include "decode.h"

struct nc_image_format {
    const char *name;                                         /* "JPEG" */
    int (*is)(const unsigned char *file, long long size);     /* do these bytes begin such a file? */
    /* As nc_image_scan and nc_image_decode. What scan finds is checked by decode.c; `decode` calls nc_image_begin
     * before it takes memory for pixels. */
    int (*scan)(const unsigned char *file, long long size, int *width, int *height, char *error);
    int (*decode)(const unsigned char *file, long long size, struct nc_image *image, char *error);
};

extern const struct nc_image_format nc_jpeg_format;

/* Writes the sentence; returns 0. */
int nc_image_refuse(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether a picture may have this size, which the file claims: 1, or 0 with a sentence. */
int nc_image_size_fits(const char *format, long long width, long long height, char *error);

/* Gives `image` this size, if it may have it, and three channels. */
int nc_image_begin(const char *format, long long width, long long height, struct nc_image *image, char *error);

/* CMYK (0: no ink) to RGB, as PIL converts them; `count` pixels. */
void nc_image_cmyk(const unsigned char *cmyk, unsigned char *rgb, long long count);

#endif
