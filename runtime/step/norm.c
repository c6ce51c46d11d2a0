/* norm.c: what norms make of the moments that their kernels gathered by sample and channel. Sums run over samples or
 * channels in their order, in double: the statistics are right to the last bits of a float, as PyTorch's are. */
#include <math.h>
#include <string.h>

#include "core.h"
#include "step/group_norm.h"

enum { BLOCK = 64 }; /* channels at once */

static int row_floats(long long channels)
{
    return nc_norm_row(channels);
}

/* Mean and sum of squared distances to it of the channels of a block, over all pieces of samples: of each one's, whose
 * moments are about a pixel of its own (Chan, Golub and LeVeque, 1983). */
static void combine(const float *moments, int stride, int row, int pieces, double pixels, int channels,
                    double *restrict mean, double *restrict squares)
{
    for (int c = 0; c < channels; c++)
        mean[c] = squares[c] = 0;
    for (int s = 0; s < pieces; s++) {
        const float *m = moments + (long long)s * stride;
        for (int c = 0; c < channels; c++)
            mean[c] += m[c] + m[row + c] / pixels;
    }
    for (int c = 0; c < channels; c++)
        mean[c] /= pieces;
    for (int s = 0; s < pieces; s++) {
        const float *m = moments + (long long)s * stride;
        for (int c = 0; c < channels; c++) {
            double sum = m[row + c], apart = m[c] + sum / pixels - mean[c];
            squares[c] += (m[2 * row + c] - sum * sum / pixels) + pixels * apart * apart;
        }
    }
}

/* The share that a batch has in the running statistics; counts it. */
static double share(const struct nc_microbatch *mb, const struct nc_batch_norm *norm)
{
    long long batches;
    memcpy(&batches, mb->kept + norm->batches, sizeof batches);
    batches++;
    memcpy(mb->kept + norm->batches, &batches, sizeof batches);
    return norm->momentum < 0 ? 1 / (double)batches : norm->momentum;
}

/* Takes a share of what was found into the running statistics of a channel. */
static void take(const struct nc_microbatch *mb, const struct nc_batch_norm *norm, long long channel,
                 double share_of_batch, double mean, double var)
{
    float *running_mean = mb->kept + norm->running_mean + channel;
    float *running_var = mb->kept + norm->running_var + channel;
    *running_mean = (float)(share_of_batch * mean + (1 - share_of_batch) * *running_mean);
    *running_var = (float)(share_of_batch * var + (1 - share_of_batch) * *running_var);
}

static float parameter(const struct nc_microbatch *mb, long long at, long long channel, float otherwise)
{
    return nc_norm_parameter(mb->weights, at, channel, otherwise);
}

/* Zeros in what pads the rows of a table, where the channels to `end` are the last ones. */
static void clear_padding(float *table, int rows, long long channels, long long end)
{
    const int row = row_floats(channels);
    for (int r = 0; end == channels && r < rows; r++)
        memset(table + r * row + end, 0, (size_t)(row - end) * sizeof *table);
}

void nc_batch_norm_part(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                        float *stats, long long begin, long long end)
{
    int row = row_floats(norm->channels), kept = norm->running_mean >= 0, of_batch = mb->training || !kept;
    int keep = kept && mb->training && mb->kept != NULL;
    int pieces = norm->pieces > 0 ? norm->pieces : 1;
    double elements = (double)mb->count * (double)norm->pixels;
    double taken = !keep ? 0 : begin == 0 ? share(mb, norm) : norm->momentum;
    clear_padding(stats, 4, norm->channels, end);
    for (long long first = begin; first < end; first += BLOCK) {
        double mean[BLOCK], squares[BLOCK];
        int channels = end - first < BLOCK ? (int)(end - first) : BLOCK;
        if (of_batch)
            combine(moments + first, stride, row, mb->count * pieces, (double)norm->pixels / pieces, channels, mean,
                    squares);
        for (int c = 0; c < channels; c++) {
            long long at = first + c;
            double var = of_batch ? squares[c] / elements : mb->weights[norm->running_var + at];
            float middle = of_batch ? (float)mean[c] : mb->weights[norm->running_mean + at];
            float inverse = (float)(1 / sqrt(var + norm->eps));
            float factor = inverse * parameter(mb, norm->weight, at, 1);
            stats[at] = middle;
            stats[row + at] = inverse;
            stats[2 * row + at] = factor;
            stats[3 * row + at] = (float)(parameter(mb, norm->bias, at, 0) - (double)middle * factor);
            if (keep)
                take(mb, norm, at, taken, mean[c], squares[c] / (elements - 1));
        }
    }
}

void nc_batch_norm(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                   float *stats)
{
    nc_batch_norm_part(mb, norm, moments, stride, stats, 0, norm->channels);
}

void nc_instance_keep(struct nc_microbatch *mb, const struct nc_batch_norm *norm, const float *moments, int stride,
                      float *means)
{
    int row = row_floats(norm->channels);
    double pixels = (double)norm->pixels;
    memset(means, 0, 2 * (size_t)row * sizeof *means);
    for (long long c = 0; c < norm->channels; c++) {
        double mean = 0, var = 0;
        for (int s = 0; s < mb->count; s++) {
            const float *m = moments + (long long)s * stride + c;
            double sum = m[row];
            mean += m[0] + sum / pixels;
            var += (m[2 * row] - sum * sum / pixels) / (pixels - 1);
        }
        mean /= mb->count;
        var /= mb->count;
        means[c] = (float)mean;
        means[row + c] = (float)var;
        if (mb->kept != NULL)
            take(mb, norm, c, norm->momentum, mean, var);
    }
}

void nc_kept_norm(const float *weights, const struct nc_batch_norm *norm, long long before, float *table)
{
    struct nc_microbatch mb = {.weights = weights};
    int row = row_floats(norm->channels);
    nc_batch_norm(&mb, norm, NULL, 0, table);
    memset(table, 0, 2 * (size_t)row * sizeof *table);
    if (before >= 0)
        memcpy(table, weights + before, (size_t)norm->channels * sizeof *table);
}

void nc_batch_norm_grad_part(struct nc_microbatch *mb, long long channels, long long pixels, int pieces,
                             const float *sums, int stride, const float *stats, float *d, long long begin,
                             long long end)
{
    int row = row_floats(channels);
    double elements = (double)mb->count * (double)pixels;
    clear_padding(d, 2, channels, end);
    for (long long first = begin; first < end; first += BLOCK) {
        double sum[BLOCK] = {0}, products[BLOCK] = {0};
        int count = end - first < BLOCK ? (int)(end - first) : BLOCK;
        for (int s = 0; s < mb->count * pieces; s++) {
            const float *of_piece = sums + (long long)s * stride + first;
            for (int c = 0; c < count; c++) {
                sum[c] += of_piece[c];
                products[c] += of_piece[row + c];
            }
        }
        for (int c = 0; c < count; c++) {
            long long at = first + c;
            double factor = stats[2 * row + at];
            d[at] = (float)(-factor * stats[row + at] * products[c] / elements);
            d[row + at] = (float)(-factor * sum[c] / elements);
        }
    }
}

void nc_batch_norm_grad(struct nc_microbatch *mb, long long channels, long long pixels, int pieces, const float *sums,
                        int stride, const float *stats, float *d)
{
    nc_batch_norm_grad_part(mb, channels, pixels, pieces, sums, stride, stats, d, 0, channels);
}

void nc_group_norm(const struct nc_microbatch *mb, const struct nc_group_norm *norm, const float *moments, float *stats)
{
    nc_norm_of_sample(mb->weights, norm, moments, stats);
}

void nc_group_norm_grad(long long channels, long long pixels, long long groups, const float *sums, const float *stats,
                        float *d)
{
    int row = row_floats(channels);
    long long size = channels / groups;
    double elements = (double)size * (double)pixels;
    memset(d, 0, 2 * (size_t)row * sizeof *d);
    for (long long first = 0; first < channels; first += size) {
        double sum = 0, products = 0;
        for (long long c = first; c < first + size; c++) {
            sum += (double)stats[2 * row + c] * sums[c];
            products += (double)stats[2 * row + c] * sums[row + c];
        }
        for (long long c = first; c < first + size; c++) {
            d[c] = (float)(-stats[row + first] * products / elements);
            d[row + c] = (float)(-sum / elements);
        }
    }
}
