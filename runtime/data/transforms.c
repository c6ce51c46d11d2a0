/* The calls that emitted programs add transforms with: torchvision's arguments, as the compiler has checked them. */
#include <string.h>

#include "pictures.h"

/* Adds what a maker gave; NULL: there was no memory. */
static void add(struct nc_data *data, struct nc_transform *transform)
{
    if (transform == NULL)
        nc_fail(data->run, NULL, "%s: no memory for its transforms", data->name);
    nc_data_transform(data, transform);
}

/* The place of `word` among torchvision's words. */
static int find_word(const struct nc_data *data, const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    nc_fail(data->run, NULL, "%s: a transform knows no \"%s\"", data->name, word);
}

static enum nc_interpolation filter_of(const struct nc_data *data, const char *name)
{
    /* "nearest-exact" is PIL's nearest too (torchvision's pil_modes_mapping) */
    static const char *const names[] = {"nearest", "nearest-exact", "lanczos", "bilinear", "bicubic", "box", "hamming"};
    static const enum nc_interpolation filters[] = {NC_NEAREST, NC_NEAREST, NC_LANCZOS, NC_BILINEAR, NC_BICUBIC,
                                                    NC_BOX, NC_HAMMING};
    return filters[find_word(data, name, names, sizeof names / sizeof names[0])];
}

static struct nc_border border_of(const struct nc_data *data, const int *fill, int fills, const char *mode)
{
    static const char *const modes[] = {
        [NC_PAD_CONSTANT] = "constant", [NC_PAD_EDGE] = "edge", [NC_PAD_REFLECT] = "reflect",
        [NC_PAD_SYMMETRIC] = "symmetric",
    };
    struct nc_border border = {.fills = fills};
    if (fills != 1 && fills != 3)
        nc_fail(data->run, NULL, "%s: a fill of %d numbers; 1 or 3 are possible", data->name, fills);
    border.mode = (enum nc_padding)find_word(data, mode, modes, sizeof modes / sizeof modes[0]);
    memcpy(border.fill, fill, (size_t)fills * sizeof *fill);
    return border;
}

void nc_resize(struct nc_data *data, int height, int width, const char *interpolation, int max_size)
{
    add(data, nc_resize_new(height, width, filter_of(data, interpolation), max_size));
}

void nc_center_crop(struct nc_data *data, int height, int width)
{
    add(data, nc_center_crop_new(height, width));
}

void nc_pad(struct nc_data *data, const int *padding, const int *fill, int fills, const char *mode)
{
    add(data, nc_pad_new(padding, border_of(data, fill, fills, mode)));
}

void nc_random_crop(struct nc_data *data, int height, int width, const int *padding, int pad_if_needed,
                    const int *fill, int fills, const char *mode)
{
    add(data, nc_random_crop_new(height, width, padding, pad_if_needed, border_of(data, fill, fills, mode)));
}

void nc_random_resized_crop(struct nc_data *data, int height, int width, double least_scale, double most_scale,
                            double least_ratio, double most_ratio, const char *interpolation)
{
    const double scale[2] = {least_scale, most_scale}, ratio[2] = {least_ratio, most_ratio};
    add(data, nc_random_resized_crop_new(height, width, scale, ratio, filter_of(data, interpolation)));
}

void nc_random_horizontal_flip(struct nc_data *data, double p)
{
    add(data, nc_random_horizontal_flip_new(p));
}

void nc_random_vertical_flip(struct nc_data *data, double p)
{
    add(data, nc_random_vertical_flip_new(p));
}

void nc_alternating_flip(struct nc_data *data)
{
    add(data, nc_alternating_flip_new());
}

void nc_random_rotation(struct nc_data *data, double least, double most, const char *interpolation, int expand,
                        const double *center, const int *fill, int fills)
{
    const double degrees[2] = {least, most};
    add(data, nc_random_rotation_new(degrees, filter_of(data, interpolation), expand, center,
                                     border_of(data, fill, fills, "constant")));
}

void nc_color_jitter(struct nc_data *data, double least_brightness, double most_brightness, double least_contrast,
                     double most_contrast, double least_saturation, double most_saturation, double least_hue,
                     double most_hue)
{
    const double brightness[2] = {least_brightness, most_brightness}, contrast[2] = {least_contrast, most_contrast};
    const double saturation[2] = {least_saturation, most_saturation}, hue[2] = {least_hue, most_hue};
    add(data, nc_color_jitter_new(brightness, contrast, saturation, hue));
}

void nc_grayscale(struct nc_data *data, int channels)
{
    add(data, nc_grayscale_new(channels));
}

void nc_random_grayscale(struct nc_data *data, double p)
{
    add(data, nc_random_grayscale_new(p));
}

void nc_random_erasing(struct nc_data *data, double p, double least_scale, double most_scale, double least_ratio,
                       double most_ratio, const double *value, int values)
{
    const double scale[2] = {least_scale, most_scale}, ratio[2] = {least_ratio, most_ratio};
    if (values < 0 || values > NC_MAX_CHANNELS)
        nc_fail(data->run, NULL, "%s: RandomErasing with %d values; up to %d are possible", data->name, values,
                NC_MAX_CHANNELS);
    add(data, nc_random_erasing_new(p, scale, ratio, value, values));
}
