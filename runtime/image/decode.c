#include "decode.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "formats.h"

static int is_gif(const unsigned char *file, long long size)
{
    return size >= 6 && (!memcmp(file, "GIF87a", 6) || !memcmp(file, "GIF89a", 6));
}

static int scan_gif(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    (void)file, (void)size, (void)error;
    *width = *height = 0;
    return 1;
}

static int refuse_gif(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    (void)file, (void)size, (void)image;
    return nc_image_refuse(error, "it is a GIF file, and those are not read: convert it to PNG");
}

static const struct nc_image_format gif_format = {"GIF", is_gif, scan_gif, refuse_gif};

static const struct nc_image_format *const formats[] = {
    &nc_jpeg_format, &nc_png_format, &nc_webp_format, &nc_tiff_format, &nc_bmp_format, &nc_pnm_format, &gif_format,
};

/* Whose file it is, or NULL with a sentence. */
static const struct nc_image_format *format_of(const unsigned char *file, long long size, char *error)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i]->is(file, size))
            return formats[i];
    if (size == 0)
        nc_image_refuse(error, "the file is empty");
    else
        nc_image_refuse(error, "the file is no picture of a known format");
    return NULL;
}

int nc_image_refuse(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, NC_IMAGE_ERROR, format, list);
    va_end(list);
    return 0;
}

int nc_image_sizes(const char *format, long long claimed_width, long long claimed_height, int *width, int *height,
                   char *error)
{
    long long most = NC_IMAGE_MOST_PIXELS, w = claimed_width, h = claimed_height;
    if (w < 1 || h < 1)
        return nc_image_refuse(error, "the %s file says that its picture has no pixels", format);
    if (w > most || h > most || w * h > most)
        return nc_image_refuse(error, "the %s file says that its picture has %lld x %lld pixels; the limit is %lld",
                               format, w, h, most);
    *width = (int)w;
    *height = (int)h;
    return 1;
}

int nc_image_begin(const char *format, long long width, long long height, struct nc_image *image, char *error)
{
    int w, h;
    if (!nc_image_sizes(format, width, height, &w, &h, error))
        return 0;
    if (!nc_image_shape(image, w, h, 3))
        return nc_image_refuse(error, NC_IMAGE_NO_MEMORY " for its %lld x %lld pixels", width, height);
    return 1;
}

/* Of a failure: whether it was for want of memory, which no library tells in the same way, but malloc in errno. Says so
 * then. Returns 0. */
static int failed(char *error)
{
    return errno == ENOMEM ? nc_image_refuse(error, NC_IMAGE_NO_MEMORY " to read it") : 0;
}

int nc_image_scan(const unsigned char *file, long long size, struct nc_image_header *header,
                  char error[NC_IMAGE_ERROR])
{
    const struct nc_image_format *format = format_of(file, size, error);
    errno = 0;
    if (!format || !format->scan(file, size, &header->width, &header->height, error))
        return failed(error);
    header->format = format->name;
    return 1;
}

int nc_image_decode(const unsigned char *file, long long size, struct nc_image *image, char error[NC_IMAGE_ERROR])
{
    const struct nc_image_format *format = format_of(file, size, error);
    errno = 0;
    return (format && format->decode(file, size, image, error)) || failed(error);
}
