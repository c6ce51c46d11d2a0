/* write_png.h: a picture as a PNG file. */
#ifndef NC_IMAGE_WRITE_PNG_H
#define NC_IMAGE_WRITE_PNG_H

#include <stdio.h>

#include "image.h"

/* Writes `image`, of 1 or 3 channels, beside `path`, and renames it when it is whole: the same picture gives the same
 * bytes. Returns 1; or 0, with a sentence that names the file in `error` and nothing left behind. */
int nc_image_write_png(const struct nc_image *image, const char *path, char error[NC_IMAGE_ERROR]);

/* The same into a stream, and what it is called in `error`. */
int nc_image_put_png(const struct nc_image *image, FILE *to, const char *name, char error[NC_IMAGE_ERROR]);

/* Whether the library is there that these need; or 0, with a sentence in `error`. */
int nc_image_can_write_png(char error[NC_IMAGE_ERROR]);

#endif
