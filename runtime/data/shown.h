/* shown.h: samples as pictures for people. */
#ifndef NC_DATA_SHOWN_H
#define NC_DATA_SHOWN_H

#include "image/image.h"
#include "internal.h"

/* Of pictures of floats: the numbers that are black and white. */
struct nc_shades {
    float least, most;
};

/* What shades begin as, before nc_extend_shades has seen a sample. */
#define NC_NO_SHADES {__builtin_huge_valf(), -__builtin_huge_valf()}

/* Whether a sample is a picture in grey or in colour. */
int nc_is_shown(const struct nc_data *data);

/* How many pixels a pixel of a sample is drawn wide and high: small pictures are enlarged, as far as both sides stay
 * within 96 pixels. */
int nc_shown_scale(const struct nc_data *data);

void nc_extend_shades(struct nc_shades *shades, const struct nc_data *data, const void *sample);

/* Draws a sample with its upper left pixel there, each pixel `scale` wide and high. The image has as many channels as
 * samples have. Bytes are drawn as they are, before Normalize. */
void nc_show_sample(const struct nc_data *data, const void *sample, struct nc_shades shades, struct nc_image *to,
                    int left, int top, int scale);

#endif
