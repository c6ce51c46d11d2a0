/* Resampling as PIL does it (Resample.c): along the rows, each result rounded to a byte, and down the columns; sums in
 * whole numbers with 22 bits behind the point, so that their order doesn't matter. */
#include "pixels.h"

#include <stdlib.h>

#if defined __x86_64__
#include <immintrin.h>
#define WITH_AVX2 __attribute__((target("avx2")))
#endif

enum { HALF = 1 << (NC_TAPS_BITS - 1) };

static inline unsigned char clip(int sum)
{
    sum >>= NC_TAPS_BITS;
    return (unsigned char)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* One byte of the result from `count` bytes `stride` apart. */
static inline unsigned char weigh(const unsigned char *in, long long stride, const int *weight, int count)
{
    int sum = HALF;
    for (int i = 0; i < count; i++)
        sum += in[i * stride] * weight[i];
    return clip(sum);
}

/* Rows `first` to `end`, each resampled along itself. */
static void along(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out, int first, int end)
{
    int channels = in->channels;
    out += (size_t)first * taps->out * channels;
    for (int y = first; y < end; y++)
        for (int x = 0; x < taps->out; x++)
            for (int c = 0; c < channels; c++)
                *out++ = weigh(in->bytes + y * in->stride + (size_t)taps->first[x] * channels + c, channels,
                               taps->weights + (size_t)x * taps->most, taps->count[x]);
}

/* Row `y` of the result from byte `from` on. */
static void down(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out, int y, int from)
{
    for (int x = from; x < in->width * in->channels; x++)
        out[x] = weigh(in->bytes + taps->first[y] * in->stride + x, in->stride, taps->weights + (size_t)y * taps->most,
                       taps->count[y]);
}

#if defined __x86_64__

enum { ROWS = 4, VECTORS = 4, BLOCK = 8 * VECTORS };

/* Four rows at a time, all channels of a pixel in one vector, for three channels. It reads a byte beyond the pixels it
 * needs, and so leaves the last row alone. Returns the rows made. */
static WITH_AVX2 int along_wide(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out)
{
    const __m128i bytes = _mm_setr_epi8(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    const long long to = (long long)taps->out * 3;
    int y = 0;
    for (; y + ROWS < in->height; y += ROWS)
        for (int x = 0; x < taps->out; x++) {
            const unsigned char *from = in->bytes + y * in->stride + (size_t)taps->first[x] * 3;
            const int *weight = taps->weights + (size_t)x * taps->most, count = taps->count[x];
            __m128i sum[ROWS];
            for (int r = 0; r < ROWS; r++)
                sum[r] = _mm_set1_epi32(HALF);
            for (int i = 0; i < count; i++, from += 3) {
                const __m128i w = _mm_set1_epi32(weight[i]);
                for (int r = 0; r < ROWS; r++) {
                    const __m128i pixel = _mm_cvtepu8_epi32(_mm_loadu_si32(from + r * in->stride));
                    sum[r] = _mm_add_epi32(sum[r], _mm_mullo_epi32(pixel, w));
                }
            }
            for (int r = 0; r < ROWS; r++) {
                __m128i whole = _mm_srai_epi32(sum[r], NC_TAPS_BITS);
                whole = _mm_min_epi32(_mm_max_epi32(whole, _mm_setzero_si128()), _mm_set1_epi32(255));
                const int pixel = _mm_cvtsi128_si32(_mm_shuffle_epi8(whole, bytes));
                memcpy(out + (y + r) * to + 3LL * x, &pixel, 3);
            }
        }
    return y;
}

/* Row `y` of the result, BLOCK bytes at a time. Returns the bytes made. */
static WITH_AVX2 int down_wide(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out, int y)
{
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const int *weight = taps->weights + (size_t)y * taps->most, count = taps->count[y];
    int x = 0;
    for (; x + BLOCK <= in->width * in->channels; x += BLOCK) {
        const unsigned char *from = in->bytes + taps->first[y] * in->stride + x;
        __m256i sum[VECTORS];
        for (int v = 0; v < VECTORS; v++)
            sum[v] = _mm256_set1_epi32(HALF);
        for (int i = 0; i < count; i++, from += in->stride) {
            const __m256i w = _mm256_set1_epi32(weight[i]);
            for (int v = 0; v < VECTORS; v++) {
                const __m256i bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(from + 8 * v)));
                sum[v] = _mm256_add_epi32(sum[v], _mm256_mullo_epi32(bytes, w));
            }
        }
        for (int v = 0; v < VECTORS; v++)
            sum[v] = _mm256_srai_epi32(sum[v], NC_TAPS_BITS);
        const __m256i words = _mm256_packs_epi32(sum[0], sum[1]), more = _mm256_packs_epi32(sum[2], sum[3]);
        const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(words, more), order);
        _mm256_storeu_si256((__m256i *)(out + x), bytes);
    }
    return x;
}

#endif

static void resample_along(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out)
{
    int done = 0;
#if defined __x86_64__
    if (in->channels == 3 && __builtin_cpu_supports("avx2"))
        done = along_wide(in, taps, out);
#endif
    along(in, taps, out, done, in->height);
}

static void resample_down(const struct nc_view *in, const struct nc_taps *taps, unsigned char *out)
{
    for (int y = 0; y < taps->out; y++, out += (size_t)in->width * in->channels) {
        int done = 0;
#if defined __x86_64__
        if (__builtin_cpu_supports("avx2"))
            done = down_wide(in, taps, out, y);
#endif
        down(in, taps, out, y, done);
    }
}

/* The nearest places on an axis, by PIL's running sum (Geometry.c, ImagingScaleAffine); -1 where that runs over. */
static void nearest_places(int in, int out, int *place)
{
    double step = (double)(float)in / out, at = step * 0.5;
    for (int i = 0; i < out; i++, at += step)
        place[i] = at < in ? (int)at : -1;
}

/* One row of the result; in == NULL: no row is near. Zeros where nothing is. */
static inline __attribute__((always_inline)) void nearest_row(const unsigned char *in, const int *column, int width,
                                                              unsigned char *out, int channels)
{
    static const unsigned char nothing[3];
    for (int x = 0; x < width; x++, out += channels)
        nc_pixel_copy(out, in == NULL || column[x] < 0 ? nothing : in + (size_t)column[x] * channels, channels);
}

static int nearest(struct nc_image *spare, const struct nc_view *part, int width, int height)
{
    int *column = malloc(((size_t)width + (size_t)height) * sizeof *column), *row = column + width;
    if (column == NULL || !nc_image_shape(spare, width, height, part->channels)) {
        free(column);
        return 0;
    }
    nearest_places(part->width, width, column);
    nearest_places(part->height, height, row);
    for (int y = 0; y < height; y++) {
        unsigned char *out = spare->bytes + (size_t)y * width * part->channels;
        const unsigned char *in = row[y] < 0 ? NULL : part->bytes + row[y] * part->stride;
        if (part->channels == 3)
            nearest_row(in, column, width, out, 3);
        else
            nearest_row(in, column, width, out, 1);
    }
    free(column);
    return 1;
}

/* The part as it is. */
static int copy(struct nc_image *spare, const struct nc_view *part)
{
    size_t bytes = (size_t)part->width * part->channels;
    if (!nc_image_shape(spare, part->width, part->height, part->channels))
        return 0;
    for (int y = 0; y < part->height; y++)
        memcpy(spare->bytes + y * bytes, part->bytes + y * part->stride, bytes);
    return 1;
}

/* Whether the columns come first. Pillow 13 does so where many rows go; every version before it begins with the rows.
 * (No document says so: resized pictures do, order by order.) */
static int columns_first(const struct nc_view *part, int width, int height)
{
    return height < part->height && part->height - (long long)height > 2 * ((long long)part->width - width);
}

/* One pass: `view`, of the picture in *image, becomes the picture. */
static int resample(struct nc_image *image, struct nc_image *spare, struct nc_view *view, int size, int vertical,
                    enum nc_interpolation interpolation, struct nc_taps_cache *cache)
{
    int width = vertical ? view->width : size, height = vertical ? size : view->height;
    if (size == (vertical ? view->height : view->width))
        return 1;
    struct nc_taps *taps = nc_taps_get(cache, interpolation, vertical ? view->height : view->width, size);
    int good = taps != NULL && nc_image_shape(spare, width, height, view->channels);
    if (good) {
        if (vertical)
            resample_down(view, taps, spare->bytes);
        else
            resample_along(view, taps, spare->bytes);
        nc_image_swap(image, spare);
        *view = nc_image_view(image, 0, 0, width, height);
    }
    nc_taps_put(taps);
    return good;
}

int nc_resample(struct nc_image *image, struct nc_image *spare, const struct nc_view *part, int width, int height,
                enum nc_interpolation interpolation, struct nc_taps_cache *cache)
{
    struct nc_view view = *part;
    int first = columns_first(part, width, height);
    if (interpolation == NC_NEAREST || (width == view.width && height == view.height)) {
        int good = interpolation == NC_NEAREST ? nearest(spare, part, width, height) : copy(spare, part);
        nc_image_swap(image, spare);
        return good;
    }
    return resample(image, spare, &view, first ? height : width, first, interpolation, cache) &&
           resample(image, spare, &view, first ? width : height, !first, interpolation, cache);
}
