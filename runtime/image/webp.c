/* WebP, by libwebp's decoder of animations, as PIL: of an animation the first frame; transparency is dropped. */
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "system/library.h"
#include "formats.h"

/* libwebpdemux brings libwebp with it. */
#define LIBWEBP(F)                                                                                                     \
    F(WebPGetFeaturesInternal) F(WebPAnimDecoderOptionsInitInternal) F(WebPAnimDecoderNewInternal)                     \
    F(WebPAnimDecoderGetNext) F(WebPAnimDecoderDelete)

NC_LIBRARY(libwebp, LIBWEBP, "libwebpdemux.so.2", "libwebpdemux2")

static int is_webp(const unsigned char *file, long long size)
{
    return size >= 16 && !memcmp(file, "RIFF", 4) && !memcmp(file + 8, "WEBPVP8", 7);
}

static int scan_webp(const unsigned char *file, long long size, int *width, int *height, char *error)
{
    WebPBitstreamFeatures features;
    if (!nc_library_load(&libwebp_library, error, NC_IMAGE_ERROR))
        return 0;
    VP8StatusCode status =
        libwebp.WebPGetFeaturesInternal(file, (size_t)size, &features, WEBP_DECODER_ABI_VERSION);
    if (status != VP8_STATUS_OK)
        return nc_image_refuse(error, status == VP8_STATUS_NOT_ENOUGH_DATA ? "the WebP file is cut short"
                                                                           : "the WebP file is broken");
    return nc_image_sizes("WebP", features.width, features.height, width, height, error);
}

static int decode_webp(const unsigned char *file, long long size, struct nc_image *image, char *error)
{
    int width, height, time;
    if (!scan_webp(file, size, &width, &height, error) || !nc_image_begin("WebP", width, height, image, error))
        return 0;
    WebPAnimDecoderOptions options;
    WebPData data = {file, (size_t)size};
    WebPAnimDecoder *decoder = NULL;
    uint8_t *pixels = NULL;
    if (libwebp.WebPAnimDecoderOptionsInitInternal(&options, WEBP_DEMUX_ABI_VERSION))
        decoder = libwebp.WebPAnimDecoderNewInternal(&data, &options, WEBP_DEMUX_ABI_VERSION);
    int done = decoder && libwebp.WebPAnimDecoderGetNext(decoder, &pixels, &time);
    if (done)
        nc_image_drop_fourth(pixels, image->bytes, (long long)width * height);
    else
        nc_image_refuse(error, "the WebP file is broken or cut short");
    libwebp.WebPAnimDecoderDelete(decoder);
    return done;
}

const struct nc_image_format nc_webp_format = {"WEBP", is_webp, scan_webp, decode_webp};
