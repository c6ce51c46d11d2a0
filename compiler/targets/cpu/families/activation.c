/* ACTIVATE, ACTIVATE_GRAD: a function of activations.h over rows of floats. */
#include "targets/cpu/families/rows.h"

#include "targets/cpu/buffers.h"

/* ACTIVATE: y = f(x) by vec_<f> of activations.h, element by element like RELU; kind says which f is
 * (graph/activations.def), a and b are its arguments. Of each pixel of `pitch` floats, those from `channels` on then
 * become 0; channels is pitch where nothing needs to.  ACTIVATE_GRAD: dx = dy * f'(v), v being x or y. */
#define ACTIVATE_DIMS(D, F) D(F, rows) D(F, length) D(F, x_row) D(F, y_row) D(F, kind) D(F, cols) D(F, channels) \
    D(F, pitch)
#define ACTIVATE_GRAD_DIMS(D, F) D(F, rows) D(F, length) D(F, dy_row) D(F, v_row) D(F, dx_row) D(F, kind)
DIM_PLACES(ACTIVATE)
DIM_PLACES(ACTIVATE_GRAD)

/* Prints `body` for the activation whose number dimension `kind_dim` is, or for each behind the question whether it is
 * the one. */
static void of_kind(KernelText *k, int kind_dim, void (*body)(KernelText *k, const char *activation))
{
    int64_t kind;
    if (dim_number(k, kind_dim, &kind)) {
        body(k, activation_name(kind));
        return;
    }
    for (int each = 0; each < ACTIVATION_COUNT; each++) {
        begin(k, "if (%s == %d)", dim(k, kind_dim), each);
        body(k, activation_name(each));
        end(k);
    }
}

static void forward(KernelText *k, const char *activation)
{
    const RowElement x = row_element(k, "x", ACTIVATE_rows, ACTIVATE_x_row),
                     y = row_element(k, "y", ACTIVATE_rows, ACTIVATE_y_row);
    over_rows(k, ACTIVATE_rows, ACTIVATE_length,
              arena_printf(k->arena, "vec_store(%s, vec_%s(vec_load(%s), a, b));", y.address, activation, x.address),
              arena_printf(k->arena, "%s = vec_%s(vec_all(%s), a, b)[0];", y.value, activation, x.value));
}

/* What pads the channels is to be 0. */
static void clear_padding(KernelText *k)
{
    int64_t channels, pitch;
    if (dim_number(k, ACTIVATE_channels, &channels) && dim_number(k, ACTIVATE_pitch, &pitch) && channels == pitch)
        return;
    const char *r = loop(k, "r", dim(k, ACTIVATE_rows)), *c = loop(k, "c", dim(k, ACTIVATE_cols));
    begin(k, "for (long i = %s; i < %s; i++)", dim(k, ACTIVATE_channels), dim(k, ACTIVATE_pitch));
    line(k, "y[%s] = 0;",
         sum_of(k, offset_of(k, r, dim(k, ACTIVATE_y_row), c, dim(k, ACTIVATE_pitch)), "i"));
    end_all(k, 3);
}

static void print_activate(KernelText *k)
{
    of_kind(k, ACTIVATE_kind, forward);
    clear_padding(k);
}

static void backward(KernelText *k, const char *activation)
{
    const RowElement dy = row_element(k, "dy", ACTIVATE_GRAD_rows, ACTIVATE_GRAD_dy_row),
                     v = row_element(k, "v", ACTIVATE_GRAD_rows, ACTIVATE_GRAD_v_row),
                     dx = row_element(k, "dx", ACTIVATE_GRAD_rows, ACTIVATE_GRAD_dx_row);
    over_rows(k, ACTIVATE_GRAD_rows, ACTIVATE_GRAD_length,
              arena_printf(k->arena, "vec_store(%s, vec_load(%s) * vec_%s_slope(vec_load(%s), a, b));", dx.address,
                           dy.address, activation, v.address),
              arena_printf(k->arena, "%s = %s * vec_%s_slope(vec_all(%s), a, b)[0];", dx.value, dy.value, activation,
                           v.value));
}

static void print_activate_grad(KernelText *k)
{
    of_kind(k, ACTIVATE_GRAD_kind, backward);
}

static void layout_forward(Plan *plan, Kernel *kernel)
{
    const Activation *activation = &kernel->ops[0]->attr.activation;
    const Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    layout_rows(plan, kernel);
    kernel->dim[ACTIVATE_kind] = activation->kind;
    kernel->dim[ACTIVATE_cols] = y->cols;
    kernel->dim[ACTIVATE_channels] = activation->moves_zero ? y->channels : y->pitch;
    kernel->dim[ACTIVATE_pitch] = y->pitch;
}

static void layout_grad(Plan *plan, Kernel *kernel)
{
    (kernel->scope == SCOPE_BATCH ? layout_rows_in_parts : layout_rows)(plan, kernel);
    kernel->dim[ACTIVATE_GRAD_kind] = kernel->ops[0]->attr.activation.kind;
}

static const char *argument_a(const Call *call)
{
    return text_float(call->arena, call->kernel->ops[0]->attr.activation.a);
}

static const char *argument_b(const Call *call)
{
    return text_float(call->arena, call->kernel->ops[0]->attr.activation.b);
}

#define ARGUMENTS {.type = "float ", .name = "a", .argument_of = argument_a}, \
                  {.type = "float ", .name = "b", .argument_of = argument_b}

const FamilyInfo family_activate = {
    .name = "activate", HAS_DIMS(ACTIVATE),
    .parameters = {READS(X, x), MAKES(Y, y), ARGUMENTS},
    .computes = {{&op_activation}},
    .layout = layout_forward, .cut = cut_rows, .print = print_activate, .header = "activations.h",
};

const FamilyInfo family_activate_grad = {
    .name = "activate_grad", HAS_DIMS(ACTIVATE_GRAD),
    .parameters = {READS(DY, dy), READS(V, v), MAKES(DX, dx), ARGUMENTS},
    .computes = {{&op_activation_grad}},
    .layout = layout_grad, .cut = cut_rows, .print = print_activate_grad, .header = "activations.h",
};
