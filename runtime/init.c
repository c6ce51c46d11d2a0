/* init.c: the initial parameters, drawn as PyTorch's modules draw them when they are made: parameter by parameter, and
 * within one in torch's element order. */
#include "core.h"

static void init_parameter(const struct nc_parameter *p, float *weights, struct nc_random *random)
{
    struct nc_walk walk;
    long long count = nc_parameter_elements(p);
    float low = (float)p->low, high = (float)p->high;
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < count; i++, nc_walk_next(&walk))
        weights[p->offset + walk.offset] = p->init == NC_INIT_UNIFORM ? nc_random_uniform(random, low, high) : low;
}

void nc_init_parameters(const struct nc_model *model, float *weights, struct nc_random *random)
{
    for (int i = 0; i < model->parameter_count; i++)
        init_parameter(&model->parameters[i], weights, random);
}
