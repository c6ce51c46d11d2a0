/* draws.c: the initialisers of torch.nn.init that take more than one draw a number, trunc_normal_ and orthogonal_; and
 * the masks of dropout. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ---- trunc_normal_ ----------------------------------------------------------------------------------------------- */

static double normal_cdf(double x)
{
    return (1 + erf(x / sqrt(2))) / 2;
}

/* Where much of the bell is inside: all are drawn, and all again until each has been inside once. */
static void draw_inside(struct nc_random *r, const struct nc_fill *fill, long long count, float *to, float *more)
{
    float low = (float)fill->from, high = (float)fill->to;
    nc_random_normal(r, fill->low, fill->high, count, to);
    for (int outside = 1; outside;) {
        outside = 0;
        for (long long i = 0; i < count; i++)
            outside |= to[i] < low || to[i] > high;
        if (outside)
            nc_random_normal(r, fill->low, fill->high, count, more);
        for (long long i = 0; outside && i < count; i++)
            to[i] = to[i] < low || to[i] > high ? more[i] : to[i];
    }
}

/* Elsewhere: uniform candidates, each taken with the probability that the bell has there. */
static void draw_candidates(struct nc_random *r, const struct nc_fill *fill, long long count, float *to, float *more)
{
    double mean = fill->low, std = fill->high, mode = fmax(fill->from, fmin(mean, fill->to));
    float peak = (float)(-0.5 * ((mode - mean) / std) * ((mode - mean) / std));
    unsigned char *taken = (unsigned char *)(more + count);
    memset(taken, 0, (size_t)count);
    for (int pending = 1; pending;) {
        pending = 0;
        nc_random_uniforms(r, (float)fill->from, (float)fill->to, count, more);
        for (long long i = 0; i < count; i++) {
            float u = nc_random_uniform(r, 0, 1), x = (more[i] - (float)mean) / (float)std;
            if (taken[i])
                continue;
            to[i] = more[i];
            taken[i] = !(logf(u) > x * x * -0.5f - peak);
            pending |= !taken[i];
        }
    }
}

void nc_random_truncated(const struct nc_run *run, struct nc_random *r, const struct nc_fill *fill, long long count,
                         float *to)
{
    float *more = nc_memory(run, count, sizeof *more + 1, "the initial parameters");
    double inside = normal_cdf((fill->to - fill->low) / fill->high) - normal_cdf((fill->from - fill->low) / fill->high);
    (inside > 0.3 ? draw_inside : draw_candidates)(r, fill, count, to, more);
    free(more);
}

/* ---- orthogonal_ ------------------------------------------------------------------------------------------------- */

/* Eight sums, added up last: an order that no vector width changes. */
static double dot(const double *a, const double *b, long long count)
{
    double sum[8] = {0};
    long long i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; lane++)
            sum[lane] += a[i + lane] * b[i + lane];
    for (; i < count; i++)
        sum[i % 8] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* Makes vector `last` orthogonal to those before it, twice for the sake of rounding, and one long. */
static void orthogonalise(double *vectors, long long last, long long length)
{
    double *x = vectors + last * length;
    for (int pass = 0; pass < 2; pass++)
        for (long long i = 0; i < last; i++) {
            const double *y = vectors + i * length;
            double share = dot(x, y, length);
            for (long long k = 0; k < length; k++)
                x[k] -= share * y[k];
        }
    double norm = sqrt(dot(x, x, length));
    for (long long k = 0; k < length && norm > 0; k++)
        x[k] /= norm;
}

/* The Q of the QR factorisation whose R has a positive diagonal: there is but one, whatever computes it. torch's is
 * LAPACK's in single precision, so the last digits differ. */
void nc_random_orthogonal(const struct nc_run *run, struct nc_random *r, double gain, long long rows, long long columns,
                          float *to)
{
    int wide = rows < columns; /* its rows are orthogonal, else its columns */
    long long count = wide ? rows : columns, length = wide ? columns : rows;
    double *vectors = nc_memory(run, count * length, sizeof *vectors, "the initial parameters");
    nc_random_normal(r, 0, 1, rows * columns, to);
    for (long long i = 0; i < count; i++) {
        for (long long k = 0; k < length; k++)
            vectors[i * length + k] = to[wide ? i * columns + k : k * columns + i];
        orthogonalise(vectors, i, length);
    }
    for (long long i = 0; i < count; i++)
        for (long long k = 0; k < length; k++)
            to[wide ? i * columns + k : k * columns + i] = (float)vectors[i * length + k] * (float)gain;
    free(vectors);
}

/* ---- Dropout's masks --------------------------------------------------------------------------------------------- */

long long nc_dropout_draws(const struct nc_dropout *layer, int count)
{
    return layer->elements > 0 ? count * layer->elements : 1;
}

void nc_draw_dropout(const struct nc_model *model, struct nc_random *random, int count, unsigned char **masks)
{
    for (int i = 0; i < model->dropout_count; i++) {
        const struct nc_dropout *layer = &model->dropouts[i];
        long long draws = nc_dropout_draws(layer, count);
        if (!layer->always && (layer->p <= 0 || layer->p >= 1)) /* nothing is drawn then */
            memset(masks[i], layer->p <= 0, (size_t)draws);
        else
            nc_random_mask(random, 1 - layer->p, draws, masks[i]);
    }
}
