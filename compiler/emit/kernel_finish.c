/* What follows the sums of a convolution: the bias, the norm of evaluation mode, a pool, ReLU. */
#include "emit/kernel_finish.h"

static void add_bias(KernelText *k, const Finish *f, const char *name, const char *at)
{
    line_if(k, f->has_bias, "%s += vec_load(%s);", name, sum_of(k, "bias", at));
}

/* "bias + 2 * 64 + o": in row `number` of the table. */
static const char *row(KernelText *k, const Finish *f, const char *number, const char *at)
{
    return sum_of(k, sum_of(k, "bias", product_of(k, number, dim(k, f->norm_row))), at);
}

static const char *normalised(KernelText *k, const Finish *f, const char *name, const char *at)
{
    return arena_printf(k->arena, "vec_fma(%s, vec_load(%s), vec_load(%s))", name, row(k, f, "2", at),
                        row(k, f, "3", at));
}

static void relu(KernelText *k, const Finish *f, const char *name)
{
    line_if(k, f->relu, "%s = vec_relu(%s);", name, name);
}

bool finish_is_nothing(const KernelText *k, const Finish *f)
{
    return dim_is(k, f->has_bias, 0) && dim_is(k, f->norm_row, 0) && dim_is(k, f->relu, 0);
}

void finish_unused(KernelText *k, const Finish *f)
{
    if (dim_is(k, f->has_bias, 0) && dim_is(k, f->norm_row, 0))
        line(k, "(void)bias;");
}

void finish_sum(KernelText *k, const Finish *f, const char *name, const char *at)
{
    add_bias(k, f, name, at);
    line_if(k, f->norm_row, "%s = %s;", name, normalised(k, f, name, at));
    relu(k, f, name);
}

bool finish_begin_unpooled(KernelText *k, const Finish *f)
{
    return begin_if(k, f->norm_row);
}

void finish_unpooled(KernelText *k, const Finish *f, const char *name, const char *at)
{
    add_bias(k, f, name, at);
    line(k, "%s = %s;", name, normalised(k, f, name, at));
}

void finish_pooled(KernelText *k, const Finish *f, const char *name, const char *at)
{
    if (begin_unless(k, f->norm_row)) {
        add_bias(k, f, name, at);
        end(k);
    }
    relu(k, f, name);
}
