#include "data/shown.h"

#include <math.h>

int nc_is_shown(const struct nc_data *data)
{
    return data->rank == 3 && (data->shape[0] == 1 || data->shape[0] == 3) && data->element != NC_INT;
}

int nc_shown_scale(const struct nc_data *data)
{
    enum { SIDE = 96 };
    const long long longer = data->shape[1] > data->shape[2] ? data->shape[1] : data->shape[2];
    return longer < SIDE ? (int)(SIDE / longer) : 1;
}

void nc_extend_shades(struct nc_shades *shades, const struct nc_data *data, const void *sample)
{
    const long long numbers = data->shape[0] * data->shape[1] * data->shape[2];
    for (long long i = 0; i < numbers && data->element == NC_FLOAT; i++) {
        const float x = ((const float *)sample)[i];
        shades->least = isfinite(x) && x < shades->least ? x : shades->least;
        shades->most = isfinite(x) && x > shades->most ? x : shades->most;
    }
}

static unsigned char shade(const struct nc_data *data, const void *sample, struct nc_shades shades, long long at)
{
    if (data->element == NC_BYTE)
        return ((const unsigned char *)sample)[at];
    const float grey = (((const float *)sample)[at] - shades.least) / (shades.most - shades.least) * 255.0f;
    return grey >= 255.0f ? 255 : grey >= 0.0f ? (unsigned char)lrintf(grey) : 0;
}

void nc_show_sample(const struct nc_data *data, const void *sample, struct nc_shades shades, struct nc_image *to,
                    int left, int top, int scale)
{
    const int channels = to->channels, height = (int)data->shape[1] * scale, width = (int)data->shape[2] * scale;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            unsigned char *pixel = to->bytes + ((long long)(top + y) * to->width + left + x) * channels;
            for (int c = 0; c < channels; c++)
                pixel[c] = shade(data, sample, shades, (c * data->shape[1] + y / scale) * data->shape[2] + x / scale);
        }
}
