/* init.c: the initial parameters, drawn as PyTorch draws them: parameter by parameter as its modules do when they are
 * made, then statement by statement as torch.nn.init does; within a parameter in torch's element order. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

static void init_constant(const struct nc_parameter *p, double number, float *weights)
{
    struct nc_walk walk;
    long long count = nc_parameter_elements(p);
    if (p->kind == NC_COUNT) {
        nc_count_set(p, weights, (long long)number);
        return;
    }
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < count; i++, nc_walk_next(&walk))
        weights[p->offset + walk.offset] = (float)number;
}

/* torch.nn.init.eye_: a matrix with ones where row and column are the same. */
static void make_eye(const struct nc_parameter *p, float *to)
{
    for (long long i = 0; i < p->shape[0] && i < p->shape[1]; i++)
        to[i * p->shape[1] + i] = 1;
}

/* torch.nn.init.dirac_: in each group output i is input i, by a one in the middle of the window. */
static void make_dirac(const struct nc_parameter *p, long long groups, float *to)
{
    long long window = 1, middle = 0, outs = p->shape[0] / groups, inputs = p->shape[1];
    for (int d = 2; d < p->rank; d++) {
        window *= p->shape[d];
        middle = middle * p->shape[d] + p->shape[d] / 2;
    }
    for (long long group = 0; group < groups; group++)
        for (long long i = 0; i < outs && i < inputs; i++)
            to[((group * outs + i) * inputs + i) * window + middle] = 1;
}

/* torch.nn.init.dirac_(w[:w.size(1)]) */
static void make_partial_dirac(const struct nc_parameter *p, float *to)
{
    struct nc_parameter part = *p;
    if (part.shape[0] > part.shape[1])
        part.shape[0] = part.shape[1];
    memset(to, 0, (size_t)(part.shape[0] * (nc_parameter_elements(p) / p->shape[0])) * sizeof *to);
    make_dirac(&part, 1, to);
}

/* torch.nn.Embedding with a padding_idx. */
static void init_padded(const struct nc_parameter *p, long long padding, struct nc_random *random, long long count,
                        float *to)
{
    nc_random_normal(random, 0, 1, count, to);
    memset(to + padding * p->shape[1], 0, (size_t)p->shape[1] * sizeof *to);
}

static int draws_nothing(int init)
{
    return init == NC_INIT_CONSTANT || init == NC_INIT_EYE || init == NC_INIT_DIRAC || init == NC_INIT_PARTIAL_DIRAC ||
           init == NC_INIT_WHITENING;
}

static void init_parameter(const struct nc_run *run, const struct nc_fill *fill, const unsigned char *replaced,
                           float *weights, struct nc_random *random)
{
    const struct nc_model *m = run->model;
    int gone = fill->parameter >= m->parameter_count;
    const struct nc_parameter *p = gone ? &m->gone[fill->parameter - m->parameter_count]
                                        : &m->parameters[fill->parameter];
    int kept = !gone && (replaced == NULL || !replaced[fill->parameter]);
    long long count = nc_parameter_elements(p);
    /* What isn't kept is drawn all the same: what is drawn behind it depends on it. */
    if (!kept && (fill->init == NC_INIT_UNIFORM || fill->init == NC_INIT_NORMAL)) {
        (fill->init == NC_INIT_UNIFORM ? nc_random_skip : nc_random_normal_skip)(random, count);
        return;
    }
    if (!kept && draws_nothing(fill->init))
        return;
    if (fill->init == NC_INIT_CONSTANT) {
        init_constant(p, fill->low, weights);
        return;
    }
    float *dense = nc_memory(run, count, sizeof *dense, "the initial parameters");
    if (fill->init == NC_INIT_UNIFORM)
        nc_random_uniforms(random, (float)fill->low, (float)fill->high, count, dense);
    else if (fill->init == NC_INIT_NORMAL)
        nc_random_normal(random, fill->low, fill->high, count, dense);
    else if (fill->init == NC_INIT_NORMAL_PADDED)
        init_padded(p, (long long)fill->low, random, count, dense);
    else if (fill->init == NC_INIT_TRUNC_NORMAL)
        nc_random_truncated(run, random, fill, count, dense);
    else if (fill->init == NC_INIT_ORTHOGONAL)
        nc_random_orthogonal(run, random, fill->low, p->shape[0], count / p->shape[0], dense);
    else if (fill->init == NC_INIT_EYE)
        make_eye(p, dense);
    else if (fill->init == NC_INIT_WHITENING)
        nc_whiten(run, random, fill, p, dense);
    else if (fill->init == NC_INIT_PARTIAL_DIRAC)
        nc_parameter_gather(p, weights, dense), make_partial_dirac(p, dense);
    else
        make_dirac(p, (long long)fill->low, dense);
    if (kept)
        nc_parameter_scatter(p, dense, weights);
    free(dense);
}

void nc_init_parameters(const struct nc_run *run, const unsigned char *replaced, float *weights,
                        struct nc_random *random)
{
    const struct nc_model *m = run->model;
    for (int i = 0; i < m->parameter_count && !m->fills_are_all; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        const struct nc_fill fill = {.parameter = i, .init = p->init, .low = p->low, .high = p->high};
        init_parameter(run, &fill, replaced, weights, random);
    }
    for (int i = 0; i < m->fill_count; i++)
        init_parameter(run, &m->fills[i], replaced, weights, random);
}
