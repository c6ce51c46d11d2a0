/* What moves elements: another shape, another order, borders, another size. */
#include <inttypes.h>
#include <string.h>

#include "targets/plain/plain.h"

static void elements(Plain *p, const Op *op)
{
    plain_elements(p, op->in[0]);
}

static void reshape(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "memcpy(y, x, count * S * sizeof *x);\n");
}

static void reshape_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "memcpy(dx, dy, count * S * sizeof *dy);\n");
}

static void swap_sizes(Plain *p, const Op *op)
{
    plain_size(p, "I", op->in[0]->shape.dim[0]);
    plain_size(p, "J", op->in[0]->shape.dim[1]);
}

static void swap(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < I; i++)\n"
                   "for (int j = 0; j < J; j++)\n"
                   "y[(n * J + j) * I + i] = x[(n * I + i) * J + j];\n");
}

/* A sample is one stretch of memory, channel by channel: so is what each part has of it. */
static void tell_part(Plain *p, const Value *part, const Value *whole, int64_t channel)
{
    plain_size(p, "S", shape_count(part->shape));
    plain_size(p, "whole", shape_count(whole->shape));
    plain_size(p, "first", channel * shape_count(shape_places(whole->shape)));
}

static void concat_sizes(Plain *p, const Op *op)
{
    int64_t channel = 0;
    for (int i = 0; i < p->part; i++)
        channel += op->in[i]->shape.dim[0];
    tell_part(p, op->in[p->part], op->out[0], channel);
}

static void concat_grad_sizes(Plain *p, const Op *op)
{
    tell_part(p, op->out[0], op->in[0], op->attr.concat.first);
}

static void concat(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "memcpy(y + n * whole + first, x + n * S, S * sizeof *y);\n");
}

static void concat_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "memcpy(dx + n * S, dy + n * whole + first, S * sizeof *dx);\n");
}

/* ---- Borders ----------------------------------------------------------------------------------------------------- */

static void tell_images(Plain *p, const Value *x, const Value *y)
{
    const Shape in = shape_image(x->shape), out = shape_image(y->shape);
    plain_condition(p, "rows", in.dim[1] > 1 || out.dim[1] > 1);
    plain_size(p, "C", in.dim[0]);
    plain_size(p, "H", in.dim[1]);
    plain_size(p, "W", in.dim[2]);
    plain_size(p, "OH", out.dim[1]);
    plain_size(p, "OW", out.dim[2]);
}

static void tell_border(Plain *p, const Op *op, const Value *x, const Value *y)
{
    tell_images(p, x, y);
    plain_size(p, "top", op->attr.pad.top);
    plain_size(p, "left", op->attr.pad.left);
}

static void pad_sizes(Plain *p, const Op *op)
{
    tell_border(p, op, op->in[0], op->out[0]);
    plain_factor(p, "double", "value", plain_number(p, op->attr.pad.value));
}

static void extend_sizes(Plain *p, const Op *op)
{
    tell_border(p, op, op->in[0], op->out[0]);
}

static void extend_grad_sizes(Plain *p, const Op *op)
{
    tell_border(p, op, op->out[0], op->in[0]);
}

/* i: a channel of a sample. */
static void set_images(Plain *p)
{
    plain_set(p, "big", "%s", plain_at(p, "i", "OH", "r", "OW", "c"));
    plain_set(p, "pixel", "%s", plain_at(p, "i", "H", "row", "W", "col"));
    plain_set(p, "plane", "%s", plain_has(p, "rows") ? "H * W" : "W");
}

#define PIXELS                                 \
    "for (int i = 0; i < count * C; i++)\n"    \
    "?rows for (int r = 0; r < OH; r++)\n"     \
    "for (int c = 0; c < OW; c++)\n"

#define CLEAR_GRADIENT "memset(dx, 0, count * C * $plane * sizeof *dx);\n"

static void pad2d(Plain *p, const Op *op)
{
    (void)op;
    set_images(p);
    plain_print(p, PIXELS "{\n"
                   "?rows int row = r - top;\n"
                   "int col = c - left;\n"
                   "?rows int inside = row >= 0 && row < H && col >= 0 && col < W;\n"
                   "!rows int inside = col >= 0 && col < W;\n"
                   "y[$big] = inside ? x[$pixel] : value;\n"
                   "}\n");
}

static const char *extend_name(Plain *p, const Op *op, const char *suffix)
{
    static const char *const modes[] = {[PAD_REFLECT] = "reflection", [PAD_REPLICATE] = "replication",
                                        [PAD_CIRCULAR] = "circular"};
    return arena_printf(p->arena, "%s_pad2d_%s", modes[op->attr.pad.mode], suffix);
}

static const char *extend_forward_name(Plain *p, const Op *op)
{
    return extend_name(p, op, "forward");
}

static const char *extend_grad_name(Plain *p, const Op *op)
{
    return extend_name(p, op, "grad");
}

/* Which row and column of x a place is that may be outside of it. */
static void set_source(Plain *p, const Op *op)
{
    static const char *const rules[] = {[PAD_REFLECT] = "reflected", [PAD_REPLICATE] = "replicated",
                                        [PAD_CIRCULAR] = "around"};
    set_images(p);
    plain_set(p, "source", "%s", rules[op->attr.pad.mode]);
}

#define SOURCE                                  \
    "?rows int row = $source(r - top, H);\n"    \
    "int col = $source(c - left, W);\n"

static void extend2d(Plain *p, const Op *op)
{
    set_source(p, op);
    plain_print(p, PIXELS "{\n"
                   SOURCE
                   "y[$big] = x[$pixel];\n"
                   "}\n");
}

static void extend2d_grad(Plain *p, const Op *op)
{
    set_source(p, op);
    plain_print(p, CLEAR_GRADIENT
                   PIXELS "{\n"
                   SOURCE
                   "dx[$pixel] += dy[$big];\n"
                   "}\n");
}

/* ---- Another size ------------------------------------------------------------------------------------------------ */

static const char *upsample_name(Plain *p, const Op *op, const char *suffix)
{
    static const char *const modes[] = {[UPSAMPLE_NEAREST] = "nearest", [UPSAMPLE_EXACT] = "nearest_exact",
                                        [UPSAMPLE_LINEAR] = "linear", [UPSAMPLE_ALIGNED] = "linear_aligned"};
    return arena_printf(p->arena, "upsample_%s_%s", modes[op->attr.upsample.mode], suffix);
}

static const char *upsample_forward_name(Plain *p, const Op *op)
{
    return upsample_name(p, op, "forward");
}

static const char *upsample_grad_name(Plain *p, const Op *op)
{
    return upsample_name(p, op, "grad");
}

static void tell_steps(Plain *p, const Op *op, const Value *x, const Value *y)
{
    static const char *const names[] = {"row_step", "col_step"};
    tell_images(p, x, y);
    for (int axis = 0; axis < 2; axis++) {
        const char *step = text_float(p->arena, op->attr.upsample.step[axis]);
        plain_factor(p, "float", names[axis], arena_printf(p->arena, "%s%s", step, strpbrk(step, ".ef") ? "" : ".0f"));
    }
}

static void upsample_sizes(Plain *p, const Op *op)
{
    tell_steps(p, op, op->in[0], op->out[0]);
}

static void upsample_grad_sizes(Plain *p, const Op *op)
{
    tell_steps(p, op, op->out[0], op->in[0]);
}

/* The place in x, in x's pixels, of a pixel of y; as torch computes it, in float. */
static const char *place(Plain *p, UpsampleMode mode, const char *at, const char *step)
{
    switch (mode) {
    case UPSAMPLE_EXACT: return arena_printf(p->arena, "(%s + 0.5f) * %s", at, step);
    case UPSAMPLE_LINEAR: return arena_printf(p->arena, "(%s + 0.5f) * %s - 0.5f", at, step);
    default: return arena_printf(p->arena, "%s * %s", at, step);
    }
}

/* What a pixel of y is made of: v and h are how near it is to the lower row and to the right column. */
#define NEAREST                                              \
    "?rows int row = least($v, H - 1);\n"                    \
    "int col = least($h, W - 1);\n"
#define BETWEEN                                              \
    "?rows float v = fmaxf($v, 0);\n"                        \
    "float h = fmaxf($h, 0);\n"                              \
    "?rows int top = least(v, H - 1), bottom = least(top + 1, H - 1);\n" \
    "int left = least(h, W - 1), right = least(left + 1, W - 1);\n"      \
    "?rows v -= top;\n"                                      \
    "h -= left;\n"

static bool set_places(Plain *p, const Op *op)
{
    const UpsampleMode mode = op->attr.upsample.mode;
    set_images(p);
    plain_set(p, "v", "%s", place(p, mode, "r", "row_step"));
    plain_set(p, "h", "%s", place(p, mode, "c", "col_step"));
    plain_set(p, "top_left", "%s", plain_at(p, "i", "H", "top", "W", "left"));
    plain_set(p, "top_right", "%s", plain_at(p, "i", "H", "top", "W", "right"));
    plain_set(p, "bottom_left", "%s", plain_at(p, "i", "H", "bottom", "W", "left"));
    plain_set(p, "bottom_right", "%s", plain_at(p, "i", "H", "bottom", "W", "right"));
    return mode == UPSAMPLE_LINEAR || mode == UPSAMPLE_ALIGNED;
}

static void upsample2d(Plain *p, const Op *op)
{
    if (set_places(p, op))
        plain_print(p, PIXELS "{\n"
                       BETWEEN
                       "?rows y[$big] = (1 - v) * ((1 - h) * x[$top_left] + h * x[$top_right]) + "
                       "v * ((1 - h) * x[$bottom_left] + h * x[$bottom_right]);\n"
                       "!rows y[$big] = (1 - h) * x[$top_left] + h * x[$top_right];\n"
                       "}\n");
    else
        plain_print(p, PIXELS "{\n"
                       NEAREST
                       "y[$big] = x[$pixel];\n"
                       "}\n");
}

static void upsample2d_grad(Plain *p, const Op *op)
{
    bool linear = set_places(p, op);
    plain_print(p, CLEAR_GRADIENT PIXELS "{\n");
    if (linear)
        plain_print(p, BETWEEN
                       "?rows dx[$top_left] += dy[$big] * (1 - v) * (1 - h);\n"
                       "?rows dx[$top_right] += dy[$big] * (1 - v) * h;\n"
                       "?rows dx[$bottom_left] += dy[$big] * v * (1 - h);\n"
                       "?rows dx[$bottom_right] += dy[$big] * v * h;\n"
                       "!rows dx[$top_left] += dy[$big] * (1 - h);\n"
                       "!rows dx[$top_right] += dy[$big] * h;\n");
    else
        plain_print(p, NEAREST
                       "dx[$pixel] += dy[$big];\n");
    plain_print(p, "}\n");
}

const PlainKernel plain_reshape = {
    .name = "reshape_forward", .sizes = elements, .print = reshape,
    .about = "The elements stay in their order; their shape is another."};
const PlainKernel plain_reshape_grad = {
    .name = "reshape_grad", .sizes = elements, .print = reshape_grad,
    .about = "The gradients stay in the order of the elements."};
const PlainKernel plain_swap = {
    .name = "swap", .sizes = swap_sizes, .print = swap, .about = "Rows become columns."};
const PlainKernel plain_concat = {
    .name = "concat_forward", .sizes = concat_sizes, .print = concat, .each_input = true,
    .about = "Puts the S elements of one part behind the parts before it, of a sample that has `whole`."};
const PlainKernel plain_concat_grad = {
    .name = "concat_grad", .sizes = concat_grad_sizes, .print = concat_grad,
    .about = "Each part takes its own elements back."};
const PlainKernel plain_pad2d = {
    .name = "pad2d", .sizes = pad_sizes, .print = pad2d,
    .about = "A border of one value; where it is less than nothing, the image is cut."};
const PlainKernel plain_extend2d = {
    .named = extend_forward_name, .sizes = extend_sizes, .print = extend2d,
    .about = "A border of the image's own pixels."};
const PlainKernel plain_extend2d_grad = {
    .named = extend_grad_name, .sizes = extend_grad_sizes, .print = extend2d_grad,
    .about = "A pixel gets its own gradient and those of the border that are of it."};
const PlainKernel plain_upsample2d = {
    .named = upsample_forward_name, .sizes = upsample_sizes, .print = upsample2d,
    .about = "The image at another size: a pixel is the nearest one of x, or a mean of those around its place."};
const PlainKernel plain_upsample2d_grad = {
    .named = upsample_grad_name, .sizes = upsample_grad_sizes, .print = upsample2d_grad,
    .about = "Each pixel gives its gradient back to those that it was made of, by the same shares."};
