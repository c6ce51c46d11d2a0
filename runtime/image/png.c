/* PNG, by libpng. As PIL: transparency is dropped, colours of 16 bits keep their high byte, and greys of 16 bits are
 * clipped to 255 (PIL's mode I;16). Unlike PIL, which looks only at the checksums of chunks before the pixels, a file
 * with any wrong checksum is refused. What is cut short behind the last pixel is taken, as PIL does. */
#include <string.h>

#include <png.h>

#include "system/endian.h"
#include "system/library.h"
#include "escape.h"
#include "formats.h"
#include "functions.h"

NC_LIBRARY(libpng, LIBPNG_READ, "libpng16.so.16", "libpng16-16")

struct decoder {
    png_structp png;
    png_infop info;
    jmp_buf out;
    const unsigned char *next, *end; /* of the file */
    struct nc_image *image;
    int rows_done;
    char *error;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct decoder *decoder = libpng.png_get_error_ptr(png);
    nc_image_refuse(decoder->error, "the PNG file is broken: %s", message);
    longjmp(decoder->out, NC_FAILED);
}

static void ignore_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void read_bytes(png_structp png, png_bytep to, size_t count)
{
    struct decoder *decoder = libpng.png_get_io_ptr(png);
    if (count > (size_t)(decoder->end - decoder->next)) {
        if (decoder->rows_done)
            longjmp(decoder->out, NC_DONE);
        nc_image_refuse(decoder->error, "the PNG file is cut short");
        longjmp(decoder->out, NC_FAILED);
    }
    memcpy(to, decoder->next, count);
    decoder->next += count;
}

/* PIL's clipping of 16-bit greys; three equal ones a pixel here. */
static void clip_16(png_structp png, png_row_infop row, png_bytep samples)
{
    (void)png;
    for (size_t i = 0; i < (size_t)row->width * 3; i++)
        samples[i] = samples[2 * i] ? 255 : samples[2 * i + 1];
}

/* Chunks that change no pixel here: they are passed over, so that none of them can take memory or be at fault. */
static void pass_over_chunks(png_structp png)
{
    static const png_byte passed_over[] =
        "bKGD\0cHRM\0cICP\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0"
        "tRNS\0zTXt";
    libpng.png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, passed_over, (int)sizeof passed_over / 5);
}

/* Rows come as 3 bytes a pixel. */
static void choose_transforms(png_structp png, int depth, int colours)
{
    if (colours == PNG_COLOR_TYPE_PALETTE)
        libpng.png_set_palette_to_rgb(png);
    if (colours == PNG_COLOR_TYPE_GRAY && depth < 8)
        libpng.png_set_expand_gray_1_2_4_to_8(png);
    if (!(colours & PNG_COLOR_MASK_COLOR))
        libpng.png_set_gray_to_rgb(png);
    if (colours == PNG_COLOR_TYPE_GRAY && depth == 16) {
        libpng.png_set_read_user_transform_fn(png, clip_16);
        libpng.png_set_user_transform_info(png, NULL, 8, 3);
    } else if (depth == 16) {
        libpng.png_set_strip_16(png);
    }
    libpng.png_set_strip_alpha(png);
}

static void read_picture(void *context)
{
    struct decoder *decoder = context;
    png_uint_32 width, height;
    int depth, colours, interlace;
    decoder->png = libpng.png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, ignore_warning);
    decoder->info = decoder->png ? libpng.png_create_info_struct(decoder->png) : NULL;
    if (!decoder->info) {
        nc_image_refuse(decoder->error, "libpng has no memory, or is not the version that netc was built for");
        longjmp(decoder->out, NC_FAILED);
    }
    png_structp png = decoder->png;
    libpng.png_set_read_fn(png, decoder, read_bytes);
    libpng.png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    libpng.png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON); /* whatever the stream says of it */
    libpng.png_set_check_for_invalid_index(png, -1); /* colours that the palette has not are black, as in PIL */
    libpng.png_set_user_limits(png, NC_IMAGE_MOST_PIXELS, NC_IMAGE_MOST_PIXELS);
    pass_over_chunks(png);
    libpng.png_read_info(png, decoder->info);
    libpng.png_get_IHDR(png, decoder->info, &width, &height, &depth, &colours, &interlace, NULL, NULL);
    if (!nc_image_begin("PNG", width, height, decoder->image, decoder->error))
        longjmp(decoder->out, NC_FAILED);
    choose_transforms(png, depth, colours);
    int passes = libpng.png_set_interlace_handling(png);
    libpng.png_read_update_info(png, decoder->info);
    size_t row = (size_t)width * 3;
    if (libpng.png_get_rowbytes(png, decoder->info) != row)
        on_error(png, "its rows have an unexpected length");
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < height; y++)
            libpng.png_read_row(png, decoder->image->bytes + y * row, NULL);
    decoder->rows_done = 1;
    libpng.png_read_end(png, NULL);
}

static int is_png(const unsigned char *file, long long size)
{
    return size >= 8 && !memcmp(file, "\211PNG\r\n\032\n", 8);
}

static int scan_png(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    if (size < 24)
        return nc_image_refuse(error, "the PNG file is cut short");
    if (memcmp(file + 8, "\0\0\0\rIHDR", 8))
        return nc_image_refuse(error, "the PNG file is broken: it does not begin with its header");
    return nc_image_sizes("PNG", (long long)nc_big(file + 16, 4), (long long)nc_big(file + 20, 4), width, height,
                          error);
}

static int decode_png(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    int width, height;
    if (!scan_png(file, size, &width, &height, error) || !nc_library_load(&libpng_library, error, NC_IMAGE_ERROR))
        return 0;
    struct decoder decoder = {.next = file, .end = file + size, .image = image, .error = error};
    int done = nc_escape(decoder.out, read_picture, &decoder);
    libpng.png_destroy_read_struct(&decoder.png, &decoder.info, NULL);
    return done;
}

const struct nc_image_format nc_png_format = {"PNG", is_png, scan_png, decode_png};
