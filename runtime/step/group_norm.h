/* group_norm.h: the statistics of a norm within a sample. The runtime and libraries (netc build --library) have them
 * from here: so this is C that is C++ too, and names nothing of the runtime but struct nc_group_norm. */
#ifndef NC_STEP_GROUP_NORM_H
#define NC_STEP_GROUP_NORM_H

#include <math.h>
#include <string.h>

/* Rows of statistics are as long as this, for so many channels. */
static inline int nc_norm_row(long long channels)
{
    return (int)((channels + 15) / 16 * 16);
}

static inline float nc_norm_parameter(const float *weights, long long at, long long channel, float otherwise)
{
    return at < 0 ? otherwise : weights[at + channel];
}

/* nc_group_norm (netc.h) with the block of parameters. */
static inline void nc_norm_of_sample(const float *weights, const struct nc_group_norm *norm, const float *moments,
                                     float *stats)
{
    int row = nc_norm_row(norm->channels);
    long long size = norm->channels / norm->groups;
    double pixels = (double)norm->pixels;
    memset(stats, 0, 4 * (size_t)row * sizeof *stats);
    for (long long first = 0; first < norm->channels; first += size) {
        double mean = 0, squares = 0;
        for (long long c = first; c < first + size; c++)
            mean += moments[c] + moments[row + c] / pixels;
        mean /= (double)size;
        for (long long c = first; c < first + size; c++) {
            double sum = moments[row + c], apart = moments[c] + sum / pixels - mean;
            squares += (moments[2 * row + c] - sum * sum / pixels) + pixels * apart * apart;
        }
        float middle = (float)mean, inverse = (float)(1 / sqrt(squares / (pixels * (double)size) + norm->eps));
        for (long long c = first; c < first + size; c++) {
            float factor = inverse * nc_norm_parameter(weights, norm->weight, c, 1);
            stats[c] = middle;
            stats[row + c] = inverse;
            stats[2 * row + c] = factor;
            stats[3 * row + c] = (float)(nc_norm_parameter(weights, norm->bias, c, 0) - (double)middle * factor);
        }
    }
}

#endif
