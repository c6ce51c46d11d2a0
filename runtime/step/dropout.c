/* dropout.c: a sample's part of the masks drawn before the step, put into the layout that the kernels want. */
#include "core.h"

void nc_dropout_mask(const struct nc_microbatch *mb, int layer, int sample, const struct nc_axis *axes, int axis_count,
                     unsigned char *mask)
{
    struct nc_walk walk;
    long long elements = 1;
    for (int i = 0; i < axis_count; i++)
        elements *= axes[i].size;
    const unsigned char *drawn = mb->dropout ? mb->dropout[layer] + (mb->first + sample) * elements : NULL;
    nc_walk_start(&walk, axes, axis_count);
    for (long long i = 0; i < elements; i++, nc_walk_next(&walk))
        mask[walk.offset] = drawn ? drawn[i] : 1; /* in evaluation nothing is dropped */
}

void nc_dropout_factors(const struct nc_microbatch *mb, int layer, int sample, int draws, int channels, float scale,
                        float *factors)
{
    long long first = (long long)(mb->first + sample) * draws;
    const unsigned char *drawn = mb->dropout ? mb->dropout[layer] + first : NULL;
    for (int i = 0; i < channels; i++)
        factors[i] = !drawn ? 1.0f : drawn[draws > 1 ? i : 0] ? scale : 0.0f;
    for (int i = channels; i % 16; i++)
        factors[i] = 0;
}
