/* Activations in the kernels that they are fused into; what follows the sums of a convolution: the bias, the norm of
 * evaluation mode, a pool, an activation. */
#include "targets/cpu/families/finish.h"

#include <string.h>

#include "graph/graph.h"
#include "targets/cpu/buffers.h"

/* ", 0.01f, 0": the arguments of an activation's function. */
static const char *arguments(KernelText *k, int act)
{
    const char *text = "";
    for (int place = act + 1; place <= act + 2; place++) {
        int64_t number;
        float argument = 0;
        if (dim_number(k, place, &number)) {
            const int32_t bits = (int32_t)number;
            memcpy(&argument, &bits, sizeof argument);
        }
        text = arena_printf(k->arena, "%s, %s", text, text_float(k->arena, (double)argument));
    }
    return text;
}

/* ", act, act_a, act_b" */
static const char *names_of(KernelText *k, int act)
{
    return arena_printf(k->arena, ", %s, %s, %s", dim(k, act), dim(k, act + 1), dim(k, act + 2));
}

const char *activated(KernelText *k, int act, const char *x)
{
    int64_t number;
    if (!dim_number(k, act, &number))
        return arena_printf(k->arena, "vec_activated(%s%s)", x, names_of(k, act));
    if (number < ACT_FIRST)
        return number == ACT_RELU ? arena_printf(k->arena, "vec_relu(%s)", x) : x;
    return arena_printf(k->arena, "vec_%s(%s%s)", activation_name(number - ACT_FIRST), x, arguments(k, act));
}

const char *activated_grad(KernelText *k, int act, const char *dy, const char *x)
{
    int64_t number;
    if (!dim_number(k, act, &number))
        return arena_printf(k->arena, "vec_activated_grad(%s, %s%s)", dy, x, names_of(k, act));
    if (number < ACT_FIRST)
        return number == ACT_RELU ? arena_printf(k->arena, "vec_relu_grad(%s, %s)", dy, x) : dy;
    return arena_printf(k->arena, "%s * vec_%s_slope(%s%s)", dy, activation_name(number - ACT_FIRST), x,
                        arguments(k, act));
}

void emit_activated(Text *out)
{
    text_printf(out, "\n/* What dimension act and its arguments name, and the gradient of that. */\n"
                     "NC_INLINE vec vec_activated(vec x, long act, long a, long b)\n{\n"
                     "    if (act == %d)\n        return vec_relu(x);\n", ACT_RELU);
    for (ActivationKind kind = 0; kind < ACTIVATION_COUNT; kind++) {
        if (activation_fuses(kind))
            text_printf(out, "    if (act == %d)\n        return vec_%s(x, float_of_bits(a), float_of_bits(b));\n",
                        ACT_FIRST + (int)kind, activation_name(kind));
    }
    text_printf(out, "    return x;\n}\n\n"
                     "NC_INLINE vec vec_activated_grad(vec dy, vec x, long act, long a, long b)\n{\n"
                     "    if (act == %d)\n        return vec_relu_grad(dy, x);\n", ACT_RELU);
    for (ActivationKind kind = 0; kind < ACTIVATION_COUNT; kind++) {
        if (activation_fuses(kind))
            text_printf(out, "    if (act == %d)\n"
                             "        return dy * vec_%s_slope(x, float_of_bits(a), float_of_bits(b));\n",
                        ACT_FIRST + (int)kind, activation_name(kind));
    }
    text_add(out, "    return dy;\n}\n");
}

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

void activate(KernelText *k, int act, const char *name)
{
    int64_t number;
    const bool relu = dim_varies(k, act) && dim_number(k, act, &number) && number < ACT_FIRST;
    const char *made = relu ? arena_printf(k->arena, "vec_relu(%s)", name) : activated(k, act, name);
    line_if(k, act, "%s = %s;", name, made);
}

void activate_grad(KernelText *k, int act, const char *dy, const char *x)
{
    int64_t number;
    const bool relu = dim_varies(k, act) && dim_number(k, act, &number) && number < ACT_FIRST;
    const char *made = relu ? arena_printf(k->arena, "vec_relu_grad(%s, %s)", dy, x) : activated_grad(k, act, dy, x);
    line_if(k, act, "%s = %s;", dy, made);
}

bool is_never(const KernelText *k, int d)
{
    return dim_is(k, d, 0) && !dim_varies(k, d);
}

bool finish_is_open(const KernelText *k, const Finish *f)
{
    int64_t number;
    return !dim_number(k, f->act, &number);
}

bool finish_is_nothing(const KernelText *k, const Finish *f)
{
    return is_never(k, f->has_bias) && is_never(k, f->norm_row) && is_never(k, f->act);
}

void finish_sum(KernelText *k, const Finish *f, const char *name, const char *at)
{
    add_bias(k, f, name, at);
    line_if(k, f->norm_row, "%s = %s;", name, normalised(k, f, name, at));
    activate(k, f->act, name);
}

bool finish_begin_unpooled(KernelText *k, const Finish *f)
{
    int64_t norm, first;
    if (dim_number(k, f->norm_row, &norm) && dim_number(k, f->act_first, &first))
        return begin_if(k, norm ? f->norm_row : f->act_first);
    begin(k, "if (%s || %s)", dim(k, f->norm_row), dim(k, f->act_first));
    return true;
}

void finish_unpooled(KernelText *k, const Finish *f, const char *name, const char *at)
{
    add_bias(k, f, name, at);
    line_if(k, f->norm_row, "%s = %s;", name, normalised(k, f, name, at));
    line_if(k, f->act_first, "%s = %s;", name, activated(k, f->act, name));
}

void finish_pooled(KernelText *k, const Finish *f, const char *name, const char *at)
{
    if (!begin_unless(k, f->act_first))
        return;
    if (begin_unless(k, f->norm_row)) {
        add_bias(k, f, name, at);
        end(k);
    }
    activate(k, f->act, name);
    end(k);
}

static int64_t float_bits(double number)
{
    const float nearest = (float)number;
    int32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    return bits;
}

void set_activation(Kernel *kernel, int place)
{
    int64_t *d = kernel->dim + place;
    const Op *op = kernel->activation;
    d[0] = ACT_NONE;
    d[1] = d[2] = 0;
    if (!op)
        return;
    d[0] = ACT_RELU;
    if (op->kind != OP_ACTIVATION && op->kind != OP_ACTIVATION_GRAD)
        return;
    d[0] = ACT_FIRST + (int64_t)op->attr.activation.kind;
    d[1] = float_bits(op->attr.activation.a);
    d[2] = float_bits(op->attr.activation.b);
}

int64_t norm_row(const Plan *plan, const Kernel *kernel)
{
    return kernel->norm ? buffer_row(buffer_at(plan, kernel, ROLE_BIAS)) : 0;
}
