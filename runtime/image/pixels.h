/* pixels.h: what the transforms share of moving pixels. */
#ifndef NC_IMAGE_PIXELS_H
#define NC_IMAGE_PIXELS_H

#include <string.h>

#include "transform.h"

/* A part of a picture. */
struct nc_view {
    const unsigned char *bytes; /* its first pixel */
    long long stride;           /* bytes from row to row */
    int width, height, channels;
};

/* Pixels `left` to `left` + `width` of rows `top` to `top` + `height`, all within the picture. */
struct nc_view nc_image_view(const struct nc_image *image, int left, int top, int width, int height);

static inline void nc_pixel_copy(unsigned char *to, const unsigned char *from, int channels)
{
    to[0] = from[0];
    if (channels == 3) {
        to[1] = from[1];
        to[2] = from[2];
    }
}

/* The colour of a border, one byte a channel. */
void nc_border_color(const struct nc_border *border, unsigned char color[3]);

/* Whether the colour suits pictures of so many channels; where not, says so in `error`. */
int nc_border_check(const struct nc_border *border, int channels, char error[NC_IMAGE_ERROR]);

/* A transform with `bytes` of its own, zeroed; NULL: no memory. */
struct nc_transform *nc_transform_make(const char *name, size_t bytes);

/* Whether a picture of that size can be; where not, says in `error` what the transform makes. */
int nc_size_set(const struct nc_transform *transform, struct nc_size *size, long long width, long long height,
                char error[NC_IMAGE_ERROR]);

/* torch.log of a ratio, a float. */
float nc_log_ratio(double ratio);

/* ---- Resampling (resample.c, taps.c) ----------------------------------------------------------------------------- */

/* For each place on one axis of the result, the places it is made of and their weights: those of PIL's
 * precompute_coeffs (Resample.c), in units of 2^-22. */
struct nc_taps {
    int in, out;
    enum nc_interpolation filter;
    int most;     /* weights from one place to the next */
    int *first;   /* [out] */
    int *count;   /* [out] */
    int *weights; /* [out][most] */
    int kept;     /* by a cache: not to be freed */
    struct nc_taps *next;
};

enum { NC_TAPS_BITS = 22, NC_TAPS_SLOTS = 256, NC_TAPS_MOST_BYTES = 16 << 20 };

/* The tables made so far; all zero: none. Tables are added and never taken out, so that threads can look without
 * waiting for each other; once it holds NC_TAPS_MOST_BYTES, no more are. */
struct nc_taps_cache {
    _Atomic(struct nc_taps *) slot[NC_TAPS_SLOTS];
    _Atomic long long bytes;
};

/* The table for an axis of `in` pixels to be `out`, to be handed back with nc_taps_put. NULL: no memory. */
struct nc_taps *nc_taps_get(struct nc_taps_cache *cache, enum nc_interpolation filter, int in, int out);
void nc_taps_put(struct nc_taps *taps);
void nc_taps_free(struct nc_taps_cache *cache);

/* Part of *image, resampled to width x height, becomes the picture. Returns 0 when there is no memory. */
int nc_resample(struct nc_image *image, struct nc_image *spare, const struct nc_view *part, int width, int height,
                enum nc_interpolation interpolation, struct nc_taps_cache *cache);

#endif
