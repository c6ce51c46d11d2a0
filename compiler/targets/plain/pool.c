/* Pools: each window of a channel becomes one pixel. i: a channel of a sample. */
#include <inttypes.h>

#include "targets/formulas.h"
#include "targets/plain/plain.h"

static void max_sizes(Plain *p, const Op *op)
{
    plain_window(p, &op->attr.window, op->in[0]->shape, op->out[0]->shape);
}

static void max_grad_sizes(Plain *p, const Op *op)
{
    plain_size(p, "I", shape_count(shape_places(op->out[0]->shape)));
    plain_size(p, "C", op->in[0]->shape.dim[0]);
    plain_size(p, "P", shape_count(shape_places(op->in[0]->shape)));
}

/* top, bottom, left, right: the rows and columns of the image that a window has. */
static void set_edges(Plain *p, bool adaptive)
{
    static const char *const firsts[] = {"top", "left"}, *const ends[] = {"bottom", "right"},
                      *const froms[] = {"first_row", "first_col"}, *const outs[] = {"r", "c"},
                      *const extents[] = {"H", "W"}, *const out_extents[] = {"OH", "OW"},
                      *const over[] = {"over_row", "over_col"},
                      *const kernels[] = {"kernel_row", "kernel_col"};
    for (int axis = 0; axis < 2; axis++) {
        const char *kernel = plain_get(p, kernels[axis]);
        const char *from = plain_get(p, froms[axis]), *in = extents[axis], *out = out_extents[axis], *at = outs[axis];
        bool clips = plain_has(p, over[axis]);
        if (adaptive) {
            plain_set(p, firsts[axis], "%s * %s / %s", at, in, out);
            plain_set(p, ends[axis], "((%s + 1) * %s + %s - 1) / %s", at, in, out, out);
        } else if (clips) {
            plain_set(p, firsts[axis], "most(%s, 0)", from);
            plain_set(p, ends[axis], "least(%s + %s, %s)", from, kernel, in);
        } else {
            plain_set(p, firsts[axis], "%s", from);
            plain_set(p, ends[axis], "%s + %s", from, kernel);
        }
    }
}

/* The pixel that is looked at: by taps, or by rows and columns from edge to edge. */
static void set_pool(Plain *p, bool by_edges)
{
    plain_set_window(p);
    const char *row = by_edges ? "row" : plain_get(p, "row"), *col = by_edges ? "col" : plain_get(p, "col");
    plain_set(p, "pixel", "%s", plain_has(p, "rows") ? arena_printf(p->arena, "%s * W + %s", row, col) : col);
    plain_set(p, "plane", plain_has(p, "rows") ? "H * W" : "W");
    plain_set(p, "out", "%s", plain_at(p, "i", "OH", "r", "OW", "c"));
}

#define WINDOWS(image)                           \
    "for (int i = 0; i < count * C; i++) {\n"    \
    image                                        \
    "?rows for (int r = 0; r < OH; r++)\n"       \
    "for (int c = 0; c < OW; c++) {\n"

#define EDGES                                        \
    "?rows int top = $top, bottom = $bottom;\n"      \
    "int left = $left, right = $right;\n"

#define PIXELS                                            \
    "?rows for (int row = top; row < bottom; row++)\n"    \
    "for (int col = left; col < right; col++)\n"

#define TAKE_LARGEST                                                                 \
    "int pixel = $pixel;\n"                                                          \
    "if (at < 0 || image[pixel] > image[at] || image[pixel] != image[pixel])\n"      \
    "at = pixel;\n"

static const char *max_name(Plain *p, const Op *op)
{
    const bool adaptive = op->attr.window.adaptive;
    return plain_of_rank(p, adaptive ? "adaptive_max_pool%dd_forward" : "max_pool%dd_forward", op->in[0]->shape);
}

static void max_pool2d(Plain *p, const Op *op)
{
    bool adaptive = op->attr.window.adaptive;
    set_pool(p, adaptive);
    plain_set(p, "keeps", "%s", p->read[1] ? "1" : "");
    plain_set(p, "and", "%s", p->read[1] ? "; and which one that was, for the way back" : "");
    if (adaptive)
        set_edges(p, true);
    plain_print(p, WINDOWS("const real *image = x + i * $plane;\n"));
    if (adaptive)
        plain_print(p, EDGES);
    plain_print(p, "int at = -1;\n");
    if (adaptive)
        plain_print(p, PIXELS "{\n" TAKE_LARGEST "}\n");
    else
        plain_print(p, "?k_loop $k_loop\n"
                       "?l_loop $l_loop\n"
                       "{\n"
                       "?int_row $int_row\n"
                       "?int_col $int_col\n"
                       "?inside if ($inside) {\n"
                       TAKE_LARGEST
                       "?inside }\n"
                       "}\n");
    plain_print(p, "y[$out] = image[at];\n"
                   "?keeps arg[$out] = at;\n"
                   "}\n"
                   "}\n");
}

static void max_pool2d_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "memset(dx, 0, count * C * I * sizeof *dx);\n"
                   "for (int i = 0; i < count * C; i++)\n"
                   "for (int p = 0; p < P; p++)\n"
                   "dx[i * I + arg[i * P + p]] += dy[i * P + p];\n");
}

/* ---- Averages ---------------------------------------------------------------------------------------------------- */

static const char *average_name(Plain *p, const Op *op, const char *suffix)
{
    static const char *const names[] = {"avg_pool%dd", "avg_pool%dd_by_pixels", "avg_pool%dd_by_padded",
                                        "adaptive_avg_pool%dd"};
    const char *name = plain_of_rank(p, names[average_divisor(&op->attr.average)], op->in[0]->shape);
    return arena_printf(p->arena, "%s_%s", name, suffix);
}

static const char *forward_name(Plain *p, const Op *op)
{
    return average_name(p, op, "forward");
}

static const char *grad_name(Plain *p, const Op *op)
{
    return average_name(p, op, "grad");
}

static void tell(Plain *p, const Op *op, Shape big, Shape small)
{
    const AveragePool *pool = &op->attr.average;
    plain_window(p, &pool->window, big, small);
    plain_size(p, "divisor", pool->divisor ? pool->divisor : pool->window.kernel[0] * (int64_t)pool->window.kernel[1]);
}

static void average_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->in[0]->shape, op->out[0]->shape);
}

static void average_grad_sizes(Plain *p, const Op *op)
{
    tell(p, op, op->out[0]->shape, op->in[0]->shape);
}

static void set_average(Plain *p, const Op *op)
{
    static const char *const extents[] = {"H", "W"}, *const kernels[] = {"kernel_row", "kernel_col"},
                      *const froms[] = {"first_row", "first_col"}, *const paddings[] = {"padding", "padding_w"};
    const Divisor divisor = average_divisor(&op->attr.average);
    bool rows = plain_has(p, "rows");
    set_pool(p, true);
    set_edges(p, divisor == ADAPTIVE);
    const char *count = rows ? "(bottom - top) * (right - left)" : "right - left";
    for (int axis = !rows; axis < 2 && divisor == BY_PADDED; axis++) {
        const char *from = plain_get(p, froms[axis]), *kernel = plain_get(p, kernels[axis]);
        const char *padding = plain_has(p, paddings[axis]) ? paddings[axis] : plain_get(p, "padding");
        const char *end = *padding ? arena_printf(p->arena, "%s + %s", extents[axis], padding) : extents[axis];
        const char *high = arena_printf(p->arena, "(least(%s + %s, %s) - (%s))", from, kernel, end, from);
        count = axis == !rows ? high : arena_printf(p->arena, "%s * %s", count, high);
    }
    plain_set(p, "share", "%s", divisor == BY_A_NUMBER ? "divisor" : arena_printf(p->arena, "(%s)", count));
}

static void avg_pool2d(Plain *p, const Op *op)
{
    set_average(p, op);
    plain_print(p, WINDOWS("const real *image = x + i * $plane;\n") EDGES
                   "double sum = 0;\n"
                   PIXELS
                   "sum += image[$pixel];\n"
                   "y[$out] = sum / $share;\n"
                   "}\n"
                   "}\n");
}

static void avg_pool2d_grad(Plain *p, const Op *op)
{
    set_average(p, op);
    plain_print(p, "memset(dx, 0, count * C * $plane * sizeof *dx);\n"
                   WINDOWS("real *image = dx + i * $plane;\n") EDGES
                   "real share = dy[$out] / $share;\n"
                   PIXELS
                   "image[$pixel] += share;\n"
                   "}\n"
                   "}\n");
}

const PlainKernel plain_max_pool2d = {
    .named = max_name, .sizes = max_sizes, .print = max_pool2d,
    .about = "The largest pixel of each window, the first one of several$and."};
const PlainKernel plain_max_pool2d_grad = {
    .name = "max_pool_grad", .sizes = max_grad_sizes, .print = max_pool2d_grad,
    .about = "The largest pixel of a window gets all of the window's gradient, the others none."};
const PlainKernel plain_avg_pool2d = {
    .named = forward_name, .sizes = average_sizes, .print = avg_pool2d,
    .about = "The mean of each window."};
const PlainKernel plain_avg_pool2d_grad = {
    .named = grad_name, .sizes = average_grad_sizes, .print = avg_pool2d_grad,
    .about = "The pixels of a window share its gradient."};
