/* decode.h: from the bytes of a picture's file to RGB pixels, as PIL's Image.open(file).convert("RGB") makes them.
 *
 * Its content tells a file's format, never its name: JPEG, PNG, WebP, TIFF, BMP, PBM, PGM or PPM. Files may hold
 * anything: what is broken, cut short or too large is refused with a sentence. Any number of threads may decode.
 *
 * PIL reads some that are refused here: other formats; a PNG file with a wrong checksum, or without the palette that
 * it speaks of; a TIFF file whose entries libtiff finds damaged, that lacks a strip, or has colours L*a*b*, YCbCr
 * that are not packed as JPEG, or greys of 12 bits; a JPEG file of more than a hundred scans. */
#ifndef NC_IMAGE_DECODE_H
#define NC_IMAGE_DECODE_H

#include "image.h"

enum { NC_IMAGE_MOST_PIXELS = 178956970 }; /* of a file's picture: beyond, PIL takes it for a decompression bomb */

struct nc_image_header {
    const char *format; /* "JPEG", ... as PIL says it */
    int width, height;  /* GIF: 0 */
};

/* Reads no more of the file than its header. "GIF" is known, but not decoded. Returns 1; or 0, with a sentence without
 * the file's name in `error`: "the JPEG file is cut short". */
int nc_image_scan(const unsigned char *file, long long size, struct nc_image_header *header,
                  char error[NC_IMAGE_ERROR]);

/* Decodes it into `image`, 3 channels. Returns 1; or 0 as nc_image_scan, with anything in `image`. */
int nc_image_decode(const unsigned char *file, long long size, struct nc_image *image, char error[NC_IMAGE_ERROR]);

#endif
