/* What all transforms share. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pixels.h"

struct nc_view nc_image_view(const struct nc_image *image, int left, int top, int width, int height)
{
    long long stride = (long long)image->width * image->channels;
    return (struct nc_view){image->bytes + top * stride + (long long)left * image->channels, stride, width, height,
                            image->channels};
}

void nc_border_color(const struct nc_border *border, unsigned char color[3])
{
    for (int c = 0; c < 3; c++) {
        int fill = border->fill[border->fills == 1 ? 0 : c];
        color[c] = (unsigned char)(fill < 0 ? 0 : fill > 255 ? 255 : fill);
    }
}

int nc_border_check(const struct nc_border *border, int channels, char error[NC_IMAGE_ERROR])
{
    if (border->mode != NC_PAD_CONSTANT || border->fills == 1 || border->fills == channels)
        return 1;
    snprintf(error, NC_IMAGE_ERROR, "fill has %d numbers, but the picture has %d channel%s", border->fills, channels,
             channels == 1 ? "" : "s");
    return 0;
}

struct nc_transform *nc_transform_make(const char *name, size_t bytes)
{
    struct nc_transform *transform = calloc(1, sizeof *transform);
    void *own = calloc(1, bytes);
    if (transform == NULL || own == NULL) {
        free(transform);
        free(own);
        return NULL;
    }
    transform->name = name;
    transform->own = own;
    return transform;
}

int nc_size_set(const struct nc_transform *transform, struct nc_size *size, long long width, long long height,
                char error[NC_IMAGE_ERROR])
{
    if (!nc_image_possible(width, height, size->channels)) {
        snprintf(error, NC_IMAGE_ERROR, "%s would make a picture of %lldx%lld out of %dx%d", transform->name, width,
                 height, size->width, size->height);
        return 0;
    }
    size->width = (int)width;
    size->height = (int)height;
    return 1;
}

/* PyTorch's builds for x86 take MKL's logarithm, whose last bit is not always the nearest one; of the ratios that
 * torchvision's transforms begin with, it is not of these two. */
float nc_log_ratio(double ratio)
{
    static const struct {
        float ratio, log;
    } defaults[] = {{0.75f, -0x1.26962p-2f}, {3.3f, 0x1.31a4e8p+0f}};
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if ((float)ratio == defaults[i].ratio)
            return defaults[i].log;
    return (float)log((float)ratio);
}

void nc_choice_free(struct nc_choice *choice)
{
    free(choice->random);
    *choice = (struct nc_choice){0};
}

void nc_transform_free(struct nc_transform *transform)
{
    if (transform == NULL)
        return;
    if (transform->release != NULL)
        transform->release(transform->own);
    free(transform->own);
    free(transform);
}
