#include "image.h"

#include <stdlib.h>
#include <string.h>

int nc_image_possible(long long width, long long height, int channels)
{
    return width >= 1 && height >= 1 && width <= NC_IMAGE_MOST_BYTES && height <= NC_IMAGE_MOST_BYTES &&
           width * height <= NC_IMAGE_MOST_BYTES / channels;
}

int nc_image_shape(struct nc_image *image, int width, int height, int channels)
{
    long long bytes = (long long)width * height * channels;
    if (bytes > image->capacity) {
        unsigned char *more = malloc((size_t)bytes);
        if (more == NULL)
            return 0;
        free(image->bytes);
        image->bytes = more;
        image->capacity = bytes;
    }
    image->width = width;
    image->height = height;
    image->channels = channels;
    return 1;
}

int nc_image_blank(struct nc_image *image, long long width, long long height, int channels)
{
    if (!nc_image_possible(width, height, channels) || !nc_image_shape(image, (int)width, (int)height, channels))
        return 0;
    memset(image->bytes, 255, (size_t)(width * height * channels));
    return 1;
}

void nc_image_swap(struct nc_image *a, struct nc_image *b)
{
    struct nc_image kept = *a;
    *a = *b;
    *b = kept;
}

void nc_image_free(struct nc_image *image)
{
    free(image->bytes);
    *image = (struct nc_image){0};
}
