/* Convolutions, as the definition has them. n: sample; o, i: channels of output and input. */
#include "targets/plain/plain.h"

/* `big`: the image that windows slide over; `small`: what has an element a window. */
static void tell(Plain *p, const Op *op, const Value *big, const Value *small)
{
    plain_window(p, &op->attr.window, big->shape, small->shape);
    plain_setting(p, "groups", op->attr.window.groups, 1);
}

static void conv_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->in[0], op->out[0]);
}

static void scatter_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->out[0], op->in[0]);
}

static void weight_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->in[1], op->in[0]);
}

static const char *forward_name(Plain *p, const Op *op)
{
    return plain_of_rank(p, op->info->transposed ? "conv_transpose%dd_forward" : "conv%dd_forward", op->in[0]->shape);
}

static const char *input_name(Plain *p, const Op *op)
{
    return plain_of_rank(p, "conv%dd_grad_input", op->in[0]->shape);
}

static const char *weight_name(Plain *p, const Op *op)
{
    return plain_of_rank(p, "conv%dd_grad_weight", op->in[0]->shape);
}

/* In groups an output is made of the channels of its own group alone: I of them. */
static void set_window(Plain *p)
{
    bool groups = plain_has(p, "groups"), rows = plain_has(p, "rows");
    plain_set_window(p);
    bool k = plain_has(p, "k_loop"), l = plain_has(p, "l_loop");
    const char *across = plain_has(p, "L") ? "L" : "K";
    plain_set(p, "I", groups ? "I" : "C");
    plain_set(p, "plane", rows ? "H * W" : "W");
    plain_set(p, "out_plane", rows ? "OH * OW" : "OW");
    plain_set(p, "channel", groups ? "n * C + o / (O / groups) * I + i" : "n * C + i");
    plain_set(p, "taps", "%s%s%s", k ? " * K" : "", l ? " * " : "", l ? across : "");
    plain_set(p, "tap", "%s%s%s", k ? arena_printf(p->arena, "k * %s", across) : l ? "" : "0", k ? " + " : "",
              l ? "l" : "");
    plain_set(p, "index", "(o * %s + i)%s%s", plain_get(p, "I"), plain_get(p, "taps"),
              k || l ? arena_printf(p->arena, " + %s", plain_get(p, "tap")) : "");
    plain_set(p, "pixel", "%s%s", rows ? arena_printf(p->arena, "%s * W + ", plain_get(p, "row")) : "",
              plain_get(p, "col"));
}

/* The planes that meet: a channel of the image, one of the outputs, and the filter from one to the other. */
#define GROUPS "?groups int I = C / groups; /* the channels that an output is made of */\n"
#define IMAGE(of) of " + ($channel) * $plane"
#define OUT(of) of " + (n * O + o) * $out_plane"
#define FILTER(of) of " + (o * $I + i)$taps"

/* All taps of a window, and what each multiplies: with the look at its place, where windows reach over the edge. */
#define TAPS               \
    "?k_loop $k_loop\n"    \
    "?l_loop $l_loop\n"

#define AT_TAP(statement)    \
    "?brace {\n"             \
    "?int_row $int_row\n"    \
    "?int_col $int_col\n"    \
    "?inside if ($inside)\n" \
    statement                \
    "?brace }\n"

#define WINDOWS                             \
    "?rows for (int r = 0; r < OH; r++)\n"  \
    "for (int c = 0; c < OW; c++)\n"

static void conv2d(Plain *p, const Op *op)
{
    set_window(p);
    plain_optional(p, "start", op, ROLE_BIAS, "bias[o]", "0");
    plain_print(p, GROUPS
                   "for (int n = 0; n < count; n++)\n"
                   "for (int o = 0; o < O; o++)\n"
                   WINDOWS
                   "{\n"
                   "double sum = $start;\n"
                   "for (int i = 0; i < $I; i++) {\n"
                   "const real *image = " IMAGE("x") ";\n"
                   "const real *filter = " FILTER("w") ";\n"
                   TAPS AT_TAP("sum += image[$pixel] * filter[$tap];\n")
                   "}\n"
                   "y[$out] = sum;\n"
                   "}\n");
}

#define SCATTER(to, from)                                                               \
    "for (int n = 0; n < count; n++)\n"                                                 \
    "for (int o = 0; o < O; o++)\n"                                                     \
    "for (int i = 0; i < $I; i++) {\n"                                                  \
    "const real *out = " OUT(from) ";\n"                                                \
    "const real *filter = " FILTER("w") ";\n"                                           \
    "real *image = " IMAGE(to) ";\n"                                                    \
    WINDOWS                                                                             \
    TAPS AT_TAP("image[$pixel] += out[$out_pixel] * filter[$tap];\n")                   \
    "}\n"

static void conv_transpose2d(Plain *p, const Op *op)
{
    set_window(p);
    plain_optional(p, "start", op, ROLE_BIAS, arena_printf(p->arena, "bias[i / (%s) %% C]", plain_get(p, "plane")),
                   "0");
    plain_print(p, GROUPS
                   "for (int i = 0; i < count * C * $plane; i++)\n"
                   "y[i] = $start;\n"
                   SCATTER("y", "x"));
}

static void conv2d_grad_input(Plain *p, const Op *op)
{
    (void)op;
    set_window(p);
    plain_print(p, GROUPS
                   "memset(dx, 0, count * C * $plane * sizeof *dx);\n"
                   SCATTER("dx", "dy"));
}

static void conv2d_grad_weight(Plain *p, const Op *op)
{
    (void)op;
    set_window(p);
    plain_print(p, GROUPS
                   "for (int o = 0; o < O; o++)\n"
                   "for (int i = 0; i < $I; i++)\n"
                   TAPS
                   "{\n"
                   "double sum = 0;\n"
                   "for (int n = 0; n < count; n++) {\n"
                   "const real *out = " OUT("dy") ";\n"
                   "const real *image = " IMAGE("x") ";\n"
                   WINDOWS
                   AT_TAP("sum += out[$out_pixel] * image[$pixel];\n")
                   "}\n"
                   "dw[$index] = sum;\n"
                   "}\n");
}

const PlainKernel plain_conv2d = {
    .named = forward_name, .sizes = conv_sizes, .print = conv2d,
    .about = "A convolution: O filters slide over an image of C channels. y at (r, c) is the sum of what the window\n"
             "there has, each pixel times the filter's weight for it; outside of the image are zeros."};
const PlainKernel plain_conv_transpose2d = {
    .named = forward_name, .sizes = scatter_sizes, .print = conv_transpose2d,
    .about = "A transposed convolution: each pixel of x adds itself, times the filter, to the window in y that a\n"
             "convolution would have made it of."};
const PlainKernel plain_conv2d_grad_input = {
    .named = input_name, .sizes = scatter_sizes, .print = conv2d_grad_input,
    .about = "The gradient of a convolution's input. A pixel was in several windows: from each comes the gradient of\n"
             "that window's output, times the weight that met the pixel there."};
const PlainKernel plain_conv2d_grad_weight = {
    .named = weight_name, .sizes = weight_sizes, .print = conv2d_grad_weight,
    .about = "The gradient of a convolution's weights. A weight has met one pixel of x for each pixel of y: its\n"
             "gradient is the sum over all of these, and over the samples."};
