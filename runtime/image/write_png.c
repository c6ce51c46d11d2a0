#include "write_png.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "system/library.h"
#include "system/draft.h"
#include "escape.h"
#include "formats.h"
#include "functions.h"

NC_LIBRARY(libpng, LIBPNG_WRITE, "libpng16.so.16", "libpng16-16")

struct writer {
    png_structp png;
    png_infop info;
    jmp_buf out;
    const struct nc_image *image;
    FILE *file;
    const char *path;
    char *error;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct writer *writer = libpng.png_get_error_ptr(png);
    nc_image_refuse(writer->error, "cannot write %s: %s", writer->path, errno ? strerror(errno) : message);
    longjmp(writer->out, NC_FAILED);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void write_picture(void *context)
{
    struct writer *writer = context;
    const struct nc_image *image = writer->image;
    errno = 0;
    writer->png = libpng.png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, on_error, ignore_warning);
    writer->info = writer->png ? libpng.png_create_info_struct(writer->png) : NULL;
    if (!writer->info) {
        nc_image_refuse(writer->error, "libpng has no memory, or is not the version that netc was built for");
        longjmp(writer->out, NC_FAILED);
    }
    libpng.png_init_io(writer->png, writer->file);
    libpng.png_set_IHDR(writer->png, writer->info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                        image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    libpng.png_write_info(writer->png, writer->info);
    for (size_t y = 0; y < (size_t)image->height; y++)
        libpng.png_write_row(writer->png, image->bytes + y * (size_t)image->width * (size_t)image->channels);
    libpng.png_write_end(writer->png, NULL);
}

int nc_image_can_write_png(char error[NC_IMAGE_ERROR])
{
    return nc_library_load(&libpng_library, error, NC_IMAGE_ERROR);
}

int nc_image_put_png(const struct nc_image *image, FILE *to, const char *name, char error[NC_IMAGE_ERROR])
{
    struct writer writer = {.image = image, .path = name, .error = error, .file = to};
    if (!nc_image_can_write_png(error))
        return 0;
    int done = nc_escape(writer.out, write_picture, &writer);
    libpng.png_destroy_write_struct(&writer.png, &writer.info);
    return done;
}

int nc_image_write_png(const struct nc_image *image, const char *path, char error[NC_IMAGE_ERROR])
{
    struct nc_draft output;
    if (!nc_image_can_write_png(error))
        return 0;
    int failed = nc_draft_open(&output, path, 0);
    if (failed)
        return nc_image_refuse(error, "cannot write %s: %s", path, strerror(failed));
    int done = nc_image_put_png(image, output.file, path, error);
    failed = done ? nc_draft_finish(&output, 0) : 0;
    if (failed)
        done = nc_image_refuse(error, "cannot write %s: %s", path, strerror(failed));
    nc_draft_drop(&output);
    return done;
}
