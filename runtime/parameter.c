/* parameter.c: parameters in torch's element order, whatever their layout in the block. */
#include "internal.h"

#include <string.h>

#include "core.h"

long long nc_parameter_elements(const struct nc_parameter *p)
{
    long long count = 1;
    for (int i = 0; i < p->axis_count; i++)
        count *= p->axes[i].size;
    return count;
}

void nc_walk_start(struct nc_walk *walk, const struct nc_axis *axes, int axis_count)
{
    walk->axes = axes;
    walk->axis_count = axis_count;
    walk->offset = 0;
    for (int i = 0; i < axis_count; i++)
        walk->at[i] = 0;
}

void nc_walk_next(struct nc_walk *walk)
{
    for (int i = walk->axis_count - 1; i >= 0; i--) {
        walk->offset += walk->axes[i].stride;
        if (++walk->at[i] < walk->axes[i].size)
            return;
        walk->offset -= walk->axes[i].stride * walk->axes[i].size;
        walk->at[i] = 0;
    }
}

void nc_parameter_gather(const struct nc_parameter *p, const float *block, float *dense)
{
    struct nc_walk walk;
    long long count = nc_parameter_elements(p);
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < count; i++, nc_walk_next(&walk))
        dense[i] = block[p->offset + walk.offset];
}

void nc_parameter_scatter(const struct nc_parameter *p, const float *dense, float *block)
{
    struct nc_walk walk;
    long long count = nc_parameter_elements(p);
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < count; i++, nc_walk_next(&walk))
        block[p->offset + walk.offset] = dense[i];
}

long long nc_count_get(const struct nc_parameter *p, const float *block)
{
    long long count;
    memcpy(&count, block + p->offset, sizeof count);
    return count;
}

void nc_count_set(const struct nc_parameter *p, float *block, long long count)
{
    memcpy(block + p->offset, &count, sizeof count);
}
