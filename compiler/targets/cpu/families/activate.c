/* ACTIVATE, ACTIVATE_GRAD: a function of activations.h over rows of floats. */
#include "targets/cpu/families/rows.h"
#include "graph/graph.h"

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

void emit_activate(KernelText *k)
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

void emit_activate_grad(KernelText *k)
{
    of_kind(k, ACTIVATE_GRAD_kind, backward);
}
