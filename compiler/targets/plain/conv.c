/* Convolutions, as the definition has them: a sum over input channels and taps. n: sample; o, i: channels of output and
 * input; r, c: row and column of the output; k, l: those of the tap. */
#include <inttypes.h>

#include "targets/plain/plain.h"

/* What a tap meets along an axis: `row` is an expression, or a variable that has to be looked at where a window reaches
 * over the edge. */
static bool set_axis(Plain *p, const Window *window, int axis, int64_t big, int64_t small)
{
    static const char *const out[] = {"r", "c"}, *const tap[] = {"k", "l"}, *const name[] = {"row", "col"},
                      *const declare[] = {"int_row", "int_col"}, *const loops[] = {"k_loop", "l_loop"};
    int kernel = window->kernel[axis], stride = window->stride[axis], dilation = window->dilation[axis];
    const char *variable = kernel > 1 ? tap[axis] : "0";
    const char *place = plain_place(p, out[axis], stride, window->padding[axis], variable, dilation);
    bool over = window->padding[axis] > 0 || (small - 1) * stride + (int64_t)(kernel - 1) * dilation >= big;
    plain_set(p, name[axis], "%s", over ? name[axis] : place);
    plain_set(p, declare[axis], "%s", over ? arena_printf(p->arena, "int %s = %s;", name[axis], place) : "");
    plain_set(p, tap[axis], "%s", variable);
    if (kernel > 1)
        plain_set(p, loops[axis], "for (int %s = 0; %s < %d; %s++)", variable, variable, kernel, variable);
    else
        plain_set(p, loops[axis], "%s", "");
    return over;
}

/* `big`: the image that windows slide over; `small`: what has an element a window. */
static void set_window(Plain *p, const Window *window, Shape big, Shape small, Shape weight)
{
    Shape b = shape_image(big), s = shape_image(small), w = shape_filters(weight);
    int64_t outs = w.dim[0] / window->groups;
    plain_set_image(p, "I", "H", "W", big);
    plain_set_image(p, "O", "OH", "OW", small);
    plain_set(p, "IG", "%" PRId64, w.dim[1]);
    bool rows = big.rank == 3;
    bool over_row = set_axis(p, window, 0, b.dim[1], s.dim[1]), over_col = set_axis(p, window, 1, b.dim[2], s.dim[2]);
    const char *inside_row = arena_printf(p->arena, "row >= 0 && row < %" PRId64, b.dim[1]);
    const char *inside_col = arena_printf(p->arena, "col >= 0 && col < %" PRId64, b.dim[2]);
    if (!rows)
        plain_set(p, "int_row", "%s", "");
    plain_set(p, "inside", "%s%s%s", over_row ? inside_row : "", over_row && over_col ? " && " : "",
              over_col ? inside_col : "");
    plain_set(p, "brace", "%s", over_row || over_col ? " {" : "");
    plain_set(p, "rows", "%s", rows ? "1" : "");
    plain_set(p, "rc", "%s", rows ? "[r][c]" : "[c]");
    plain_set(p, "pixel", "%s[%s]", rows ? arena_printf(p->arena, "[%s]", plain_get(p, "row")) : "",
              plain_get(p, "col"));
    plain_set(p, "tap", "%s[%s]", rows ? arena_printf(p->arena, "[%s]", plain_get(p, "k")) : "", plain_get(p, "l"));
    if (window->groups == 1)
        plain_set(p, "channel", "%s", "i");
    else if (outs == 1 && w.dim[1] == 1)
        plain_set(p, "channel", "%s", "o");
    else
        plain_set(p, "channel", "o%s * %" PRId64 " + i", outs == 1 ? "" : arena_printf(p->arena, " / %" PRId64, outs),
                  w.dim[1]);
}

/* The loops over what one tap multiplies, and what is inside: with the declaration of the pixel and the look at it,
 * where windows reach over the edge. */
#define BODY(statement) \
    "?brace {\n"        \
    "?int_row $int_row\n" \
    "?int_col $int_col\n" \
    "?inside if ($inside)\n" \
    statement           \
    "?brace }\n"

static void conv2d(Plain *p, const Op *op)
{
    set_window(p, &op->attr.window, op->in[0]->shape, op->out[0]->shape, op->in[1]->shape);
    plain_set(p, "start", "%s", op->in[2] ? "bias[o]" : "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int o = 0; o < $O; o++)\n"
                   "?rows for (int r = 0; r < $OH; r++)\n"
                   "for (int c = 0; c < $OW; c++) {\n"
                   "double sum = $start;\n"
                   "for (int i = 0; i < $IG; i++)\n"
                   "?k_loop $k_loop\n"
                   "?l_loop $l_loop\n"
                   BODY("sum += x[n][$channel]$pixel * w[o][i]$tap;\n")
                   "y[n][o]$rc = sum;\n"
                   "}\n");
}

#define SCATTER(to, from)                      \
    "for (int n = 0; n < count; n++)\n"        \
    "for (int o = 0; o < $O; o++)\n"           \
    "for (int i = 0; i < $IG; i++)\n"          \
    "?rows for (int r = 0; r < $OH; r++)\n"    \
    "for (int c = 0; c < $OW; c++)\n"          \
    "?k_loop $k_loop\n"                        \
    "?l_loop $l_loop\n"                        \
    BODY(to "[n][$channel]$pixel += " from "[n][o]$rc * w[o][i]$tap;\n")

static void conv_transpose2d(Plain *p, const Op *op)
{
    set_window(p, &op->attr.window, op->out[0]->shape, op->in[0]->shape, op->in[1]->shape);
    plain_set(p, "start", "%s", op->in[2] ? "bias[i]" : "0");
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $I; i++)\n"
                   "?rows for (int r = 0; r < $H; r++)\n"
                   "for (int c = 0; c < $W; c++)\n"
                   "y[n][i]$rc = $start;\n"
                   SCATTER("y", "x"));
}

static void conv2d_grad_input(Plain *p, const Op *op)
{
    set_window(p, &op->attr.window, op->out[0]->shape, op->in[0]->shape, op->in[1]->shape);
    plain_print(p, "memset(dx, 0, count * sizeof *dx);\n" SCATTER("dx", "dy"));
}

static void conv2d_grad_weight(Plain *p, const Op *op)
{
    set_window(p, &op->attr.window, op->in[1]->shape, op->in[0]->shape, op->out[0]->shape);
    plain_print(p, "for (int o = 0; o < $O; o++)\n"
                   "for (int i = 0; i < $IG; i++)\n"
                   "?k_loop $k_loop\n"
                   "?l_loop $l_loop\n"
                   "{\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "?rows for (int r = 0; r < $OH; r++)\n"
                   "for (int c = 0; c < $OW; c++)\n"
                   BODY("sum += dy[n][o]$rc * x[n][$channel]$pixel;\n")
                   "dw[o][i]$tap = sum;\n"
                   "}\n");
}

const PlainKernel plain_conv2d = {.name = "forward", .print = conv2d};
const PlainKernel plain_conv_transpose2d = {.name = "forward", .print = conv_transpose2d};
const PlainKernel plain_conv2d_grad_input = {.name = "grad_input", .print = conv2d_grad_input};
const PlainKernel plain_conv2d_grad_weight = {.name = "grad_weight", .print = conv2d_grad_weight};
