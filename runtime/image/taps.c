/* Weights of resampling, computed as PIL computes them: in double, normalised, then rounded to 22 bits. */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "pixels.h"

static double box(double x)
{
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

static double bilinear(double x)
{
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

static double hamming(double x)
{
    x = fabs(x);
    if (x == 0.0 || x >= 1.0)
        return x == 0.0;
    x *= M_PI;
    return sin(x) / x * (0.54f + 0.46f * cos(x)); /* PIL's constants are floats */
}

/* Keys' convolution with a = -1/2. */
static double bicubic(double x)
{
    const double a = -0.5;
    x = fabs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

static double sinc(double x)
{
    if (x == 0.0)
        return 1.0;
    x *= M_PI;
    return sin(x) / x;
}

static double lanczos(double x)
{
    return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
}

static const struct {
    double (*weight)(double x);
    double support; /* beyond it all weights are 0 */
} filters[] = {
    [NC_LANCZOS] = {lanczos, 3.0}, [NC_BILINEAR] = {bilinear, 1.0}, [NC_BICUBIC] = {bicubic, 2.0},
    [NC_BOX] = {box, 0.5}, [NC_HAMMING] = {hamming, 1.0},
};

/* The weights of place `at`; `sums` is room for them. */
static void weigh(struct nc_taps *taps, int at, double *weights)
{
    double scale = (double)(float)taps->in / taps->out;
    double wide = scale < 1.0 ? 1.0 : scale, narrow = 1.0 / wide;
    double support = filters[taps->filter].support * wide, center = (at + 0.5) * scale, sum = 0;
    int first = (int)(center - support + 0.5), end = (int)(center + support + 0.5);
    first = first < 0 ? 0 : first;
    end = end > taps->in ? taps->in : end;
    for (int i = first; i < end; i++) {
        weights[i - first] = filters[taps->filter].weight((i - center + 0.5) * narrow);
        sum += weights[i - first];
    }
    for (int i = 0; i < end - first; i++) {
        double weight = sum != 0 ? weights[i] / sum : weights[i];
        double whole = weight * (1 << NC_TAPS_BITS);
        taps->weights[(size_t)at * taps->most + i] = (int)(weight < 0 ? whole - 0.5 : whole + 0.5);
    }
    taps->first[at] = first;
    taps->count[at] = end - first;
}

static struct nc_taps *make(enum nc_interpolation filter, int in, int out, size_t *bytes)
{
    double scale = (double)(float)in / out, wide = scale < 1.0 ? 1.0 : scale;
    double most = ceil(filters[filter].support * wide) * 2 + 1;
    if (most > in)
        most = in;
    if (most * out > NC_IMAGE_MOST_BYTES / (double)sizeof(int))
        return NULL;
    size_t ints = (size_t)out * ((size_t)most + 2);
    *bytes = sizeof(struct nc_taps) + ints * sizeof(int);
    struct nc_taps *taps = calloc(1, *bytes);
    double *weights = malloc((size_t)most * sizeof *weights);
    if (taps != NULL && weights != NULL) {
        *taps = (struct nc_taps){.in = in, .out = out, .filter = filter, .most = (int)most};
        taps->first = (int *)(taps + 1);
        taps->count = taps->first + out;
        taps->weights = taps->count + out;
        for (int at = 0; at < out; at++)
            weigh(taps, at, weights);
    } else {
        free(taps);
        taps = NULL;
    }
    free(weights);
    return taps;
}

struct nc_taps *nc_taps_get(struct nc_taps_cache *cache, enum nc_interpolation filter, int in, int out)
{
    unsigned hash = ((unsigned)in * 2654435761u ^ (unsigned)out * 2246822519u) >> 16;
    _Atomic(struct nc_taps *) *slot = &cache->slot[hash % NC_TAPS_SLOTS];
    struct nc_taps *first = atomic_load_explicit(slot, memory_order_acquire);
    for (struct nc_taps *taps = first; taps != NULL; taps = taps->next)
        if (taps->filter == filter && taps->in == in && taps->out == out)
            return taps;
    size_t bytes;
    struct nc_taps *taps = make(filter, in, out, &bytes);
    if (taps == NULL || atomic_load(&cache->bytes) + (long long)bytes > NC_TAPS_MOST_BYTES)
        return taps;
    atomic_fetch_add(&cache->bytes, (long long)bytes);
    taps->kept = 1;
    taps->next = first; /* two threads may have made the same: both stay */
    while (!atomic_compare_exchange_weak_explicit(slot, &taps->next, taps, memory_order_release, memory_order_relaxed))
        ;
    return taps;
}

void nc_taps_put(struct nc_taps *taps)
{
    if (taps != NULL && !taps->kept)
        free(taps);
}

void nc_taps_free(struct nc_taps_cache *cache)
{
    for (int i = 0; i < NC_TAPS_SLOTS; i++)
        for (struct nc_taps *taps = cache->slot[i], *next; taps != NULL; taps = next) {
            next = taps->next;
            free(taps);
        }
}
