/* JPEG, by libjpeg-turbo: as PIL, with its defaults (the exact integer DCT, smooth upsampling). Data that is corrupt
 * but can be gone on with is decoded, as PIL does; a file that ends before its last pixel is refused, as PIL does. */
#include <stdio.h>

#include <jpeglib.h>

#include "system/library.h"
#include "escape.h"
#include "formats.h"
#include "functions.h"

#if JPEG_LIB_VERSION >= 80
#define LIBJPEG_FILE "libjpeg.so.8"
#else
#define LIBJPEG_FILE "libjpeg.so.62"
#endif

NC_LIBRARY(libjpeg, LIBJPEG, LIBJPEG_FILE, "libjpeg62-turbo")

/* Scans over all pixels take time though they may be a few bytes each; ordinary progressive files have about ten. */
enum { MAX_SCANS = 100 };

struct decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    struct nc_image *image;
    int rows_done;
    char *error;
};

static struct decoder *decoder_of(j_common_ptr jpeg)
{
    return jpeg->client_data;
}

static void on_error(j_common_ptr jpeg)
{
    char message[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, message);
    nc_image_refuse(decoder_of(jpeg)->error, "the JPEG file is broken: %s", message);
    longjmp(decoder_of(jpeg)->out, NC_FAILED);
}

static void ignore_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void ignore_source(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* The file has no more bytes. Behind the last row that is not looked at, as PIL. */
static boolean on_end(j_decompress_ptr jpeg)
{
    struct decoder *decoder = jpeg->client_data;
    if (decoder->rows_done)
        longjmp(decoder->out, NC_DONE);
    nc_image_refuse(decoder->error, "the JPEG file is cut short");
    longjmp(decoder->out, NC_FAILED);
}

static void skip_bytes(j_decompress_ptr jpeg, long count)
{
    if (count <= 0)
        return;
    if ((size_t)count > jpeg->src->bytes_in_buffer)
        count = (long)jpeg->src->bytes_in_buffer; /* the next look at the source finds its end */
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void count_scans(j_common_ptr jpeg)
{
    if (((j_decompress_ptr)jpeg)->input_scan_number <= MAX_SCANS)
        return;
    nc_image_refuse(decoder_of(jpeg)->error, "the JPEG file has more than %d scans", MAX_SCANS);
    longjmp(decoder_of(jpeg)->out, NC_FAILED);
}

static void read_header(void *context)
{
    struct decoder *decoder = context;
    libjpeg.jpeg_CreateDecompress(&decoder->jpeg, JPEG_LIB_VERSION, sizeof decoder->jpeg);
    decoder->jpeg.src = &decoder->source;
    decoder->jpeg.progress = &decoder->progress;
    libjpeg.jpeg_read_header(&decoder->jpeg, TRUE);
}

/* Does `work` with a decoder for the file. */
static int with_decoder(const unsigned char *file, long long size, struct nc_image *image, int *width, int *height,
                        char *error, void (*work)(void *decoder))
{
    if (!nc_library_load(&libjpeg_library, error, NC_IMAGE_ERROR))
        return 0;
    struct decoder decoder = {
        .source = {.next_input_byte = file, .bytes_in_buffer = (size_t)size, .init_source = ignore_source,
                   .fill_input_buffer = on_end, .skip_input_data = skip_bytes,
                   .resync_to_restart = libjpeg.jpeg_resync_to_restart, .term_source = ignore_source},
        .progress = {.progress_monitor = count_scans},
        .image = image,
        .error = error,
    };
    decoder.jpeg.client_data = &decoder;
    decoder.jpeg.err = libjpeg.jpeg_std_error(&decoder.errors);
    decoder.errors.error_exit = on_error;
    decoder.errors.output_message = ignore_message;
    int done = nc_escape(decoder.out, work, &decoder) &&
               nc_image_sizes("JPEG", decoder.jpeg.image_width, decoder.jpeg.image_height, width, height, error);
    libjpeg.jpeg_destroy_decompress(&decoder.jpeg);
    return done;
}

/* Adobe's programs write inverted inks, and PIL believes that all do. */
static void convert_row(JSAMPROW inks, unsigned char *pixels, int width)
{
    for (long long i = 0; i < width * 4LL; i++)
        inks[i] = (JSAMPLE)(255 - inks[i]);
    nc_image_cmyk(inks, pixels, width);
}

static void read_picture(void *context)
{
    struct decoder *decoder = context;
    j_decompress_ptr d = &decoder->jpeg;
    struct nc_image *image = decoder->image;
    read_header(decoder);
    int cmyk = d->num_components == 4;
    if (!cmyk && d->num_components != 1 && d->num_components != 3) {
        nc_image_refuse(decoder->error, "the JPEG file has %d colours; 1, 3 and 4 are read", d->num_components);
        longjmp(decoder->out, NC_FAILED);
    }
    if (!nc_image_begin("JPEG", d->image_width, d->image_height, image, decoder->error))
        longjmp(decoder->out, NC_FAILED);
    JSAMPROW inks = cmyk ? d->mem->alloc_large((j_common_ptr)d, JPOOL_IMAGE, (size_t)image->width * 4) : NULL;
    d->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    libjpeg.jpeg_start_decompress(d);
    while (d->output_scanline < d->output_height) {
        JSAMPROW pixels = image->bytes + (size_t)d->output_scanline * (size_t)image->width * 3;
        libjpeg.jpeg_read_scanlines(d, cmyk ? &inks : &pixels, 1);
        if (cmyk)
            convert_row(inks, pixels, image->width);
    }
    decoder->rows_done = 1;
    libjpeg.jpeg_finish_decompress(d);
}

static int is_jpeg(const unsigned char *file, long long size)
{
    return size >= 3 && file[0] == 0xff && file[1] == 0xd8 && file[2] == 0xff;
}

static int scan_jpeg(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    return with_decoder(file, size, NULL, width, height, error, read_header);
}

static int decode_jpeg(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    int width, height;
    return with_decoder(file, size, image, &width, &height, error, read_picture);
}

const struct nc_image_format nc_jpeg_format = {"JPEG", is_jpeg, scan_jpeg, decode_jpeg};
