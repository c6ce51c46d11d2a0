/* parameter.c: parameters in torch's element order, whatever their layout in the block. */
#include "internal.h"

#include <string.h>

#include "core.h"
#include "fma.h"

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

/* The elements between two places: in the block as the parameter lies there, and one after the other in torch's order.
 * Taken in squares of the last axis and of that whose elements lie closest in the block, so that whole lines of the
 * cache are used on either side: one of torch's rows goes all over a weight of many megabytes. */
NC_ALWAYS_INLINE void move(const struct nc_parameter *p, float *block, float *dense, int to_block)
{
    enum { SIDE = 32 };
    struct nc_axis rest[NC_MAX_AXES], row = {1, 0}, column = {1, 0};
    long long apart[NC_MAX_AXES], row_apart = 0; /* how far apart elements are in torch's order */
    long long behind = 1, outside = 1;
    int last = p->axis_count - 1, closest = -1, rest_count = 0;
    for (int i = 0; i < last; i++)
        if (closest < 0 || p->axes[i].stride < p->axes[closest].stride)
            closest = i;
    for (int i = last; i >= 0; behind *= p->axes[i--].size) {
        if (i == last) {
            column = p->axes[i];
        } else if (i == closest) {
            row = p->axes[i];
            row_apart = behind;
        } else {
            apart[rest_count] = behind;
            rest[rest_count++] = p->axes[i];
            outside *= p->axes[i].size;
        }
    }
    for (long long n = 0; n < outside; n++) {
        float *in_block = block + p->offset, *in_dense = dense;
        for (long long i = 0, left = n; i < rest_count; left /= rest[i++].size) {
            in_block += left % rest[i].size * rest[i].stride;
            in_dense += left % rest[i].size * apart[i];
        }
        for (long long y = 0; y < row.size; y += SIDE)
            for (long long x = 0; x < column.size; x += SIDE)
                for (long long i = y; i < row.size && i < y + SIDE; i++)
                    for (long long j = x; j < column.size && j < x + SIDE; j++) {
                        float *there = in_block + i * row.stride + j * column.stride;
                        float *here = in_dense + i * row_apart + j;
                        *(to_block ? there : here) = *(to_block ? here : there);
                    }
    }
}

void nc_parameter_gather(const struct nc_parameter *p, const float *block, float *dense)
{
    move(p, (float *)block, dense, 0);
}

void nc_parameter_scatter(const struct nc_parameter *p, const float *dense, float *block)
{
    move(p, block, (float *)dense, 1);
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
