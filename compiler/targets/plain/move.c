/* What moves elements: another shape, another order, borders, another size. */
#include <inttypes.h>
#include <string.h>

#include "targets/plain/plain.h"

static void reshape(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "memcpy(y, x, count * sizeof *x);\n");
}

static void reshape_grad(Plain *p, const Op *op)
{
    (void)op;
    plain_print(p, "memcpy(dx, dy, count * sizeof *dy);\n");
}

static void swap(Plain *p, const Op *op)
{
    plain_set(p, "I", "%" PRId64, op->in[0]->shape.dim[0]);
    plain_set(p, "J", "%" PRId64, op->in[0]->shape.dim[1]);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $I; i++)\n"
                   "for (int j = 0; j < $J; j++)\n"
                   "y[n][j][i] = x[n][i][j];\n");
}

/* A sample is one stretch of memory, channel by channel: so is what each part has of it. */
static void concat(Plain *p, const Op *op)
{
    int64_t first = 0;
    for (int i = 0; i < op_input_count(op->kind) && op->in[i]; i++) {
        const char *name = role_name(op->info->in[i].role);
        const char *to = first ? arena_printf(p->arena, "y[n] + %" PRId64, first) : "y[n]";
        plain_print(p, arena_printf(p->arena, "%smemcpy(%s, %s[n], sizeof *%s);\n",
                                    i ? "" : "for (int n = 0; n < count; n++) {\n", to, name, name));
        first += op->in[i]->shape.dim[0];
    }
    plain_print(p, "}\n");
}

static void concat_grad(Plain *p, const Op *op)
{
    plain_set(p, "first", "%" PRId64, op->attr.concat.first);
    plain_print(p, "for (int n = 0; n < count; n++)\n"
                   "memcpy(dx[n], dy[n] + $first, sizeof *dx);\n");
}

/* ---- Borders ----------------------------------------------------------------------------------------------------- */

/* `y`: the image with the border. */
static void set_images(Plain *p, Shape x, Shape y)
{
    bool rows = x.rank == 3;
    plain_set_image(p, "C", "H", "W", x);
    plain_set_image(p, "C", "OH", "OW", y);
    plain_set(p, "rows", "%s", rows ? "1" : "");
    plain_set(p, "rc", "%s", rows ? "[r][c]" : "[c]");
    plain_set(p, "pixel", "%s", rows ? "[row][col]" : "[col]");
}

#define PIXELS                               \
    "for (int n = 0; n < count; n++)\n"      \
    "for (int i = 0; i < $C; i++)\n"         \
    "?rows for (int r = 0; r < $OH; r++)\n"  \
    "for (int c = 0; c < $OW; c++)\n"

/* "r - 2": where in x a place of y is. */
static const char *moved(Plain *p, const char *at, int64_t by)
{
    return by ? arena_printf(p->arena, "%s %c %" PRId64, at, by > 0 ? '-' : '+', by > 0 ? by : -by) : at;
}

static void pad2d(Plain *p, const Op *op)
{
    set_images(p, op->in[0]->shape, op->out[0]->shape);
    plain_set(p, "row", "%s", moved(p, "r", op->attr.pad.top));
    plain_set(p, "col", "%s", moved(p, "c", op->attr.pad.left));
    plain_set(p, "value", "%s", plain_number(p, op->attr.pad.value));
    plain_set(p, "inside", "%scol >= 0 && col < $W",
              op->in[0]->shape.rank == 3 ? "row >= 0 && row < $H && " : "");
    plain_print(p, arena_printf(p->arena, PIXELS "{\n"
                                "?rows int row = $row;\n"
                                "int col = $col;\n"
                                "y[n][i]$rc = %s ? x[n][i]$pixel : $value;\n"
                                "}\n", plain_get(p, "inside")));
}

/* Which row, or column, of x a place is that may be outside of it. */
static const char *source(Plain *p, PadMode mode, const char *at, int64_t by, int64_t size)
{
    static const char *const rules[] = {[PAD_REFLECT] = "reflected", [PAD_REPLICATE] = "replicated",
                                        [PAD_CIRCULAR] = "around"};
    return arena_printf(p->arena, "%s(%s, %" PRId64 ")", rules[mode], moved(p, at, by), size);
}

static void extend(Plain *p, const Op *op, Shape x, Shape y, const char *statement)
{
    Shape in = shape_image(x);
    set_images(p, x, y);
    plain_set(p, "row", "%s", source(p, op->attr.pad.mode, "r", op->attr.pad.top, in.dim[1]));
    plain_set(p, "col", "%s", source(p, op->attr.pad.mode, "c", op->attr.pad.left, in.dim[2]));
    plain_print(p, PIXELS "{\n"
                   "?rows int row = $row;\n"
                   "int col = $col;\n");
    plain_print(p, statement);
    plain_print(p, "}\n");
}

static void extend2d(Plain *p, const Op *op)
{
    extend(p, op, op->in[0]->shape, op->out[0]->shape, "y[n][i]$rc = x[n][i]$pixel;\n");
}

static void extend2d_grad(Plain *p, const Op *op)
{
    plain_print(p, "memset(dx, 0, count * sizeof *dx);\n");
    extend(p, op, op->out[0]->shape, op->in[0]->shape, "dx[n][i]$pixel += dy[n][i]$rc;\n");
}

/* ---- Another size ------------------------------------------------------------------------------------------------ */

/* The place in x, in x's pixels, of a pixel of y; as torch computes it, in float. */
static const char *place(Plain *p, UpsampleMode mode, const char *at, float step)
{
    const char *scale = text_float(p->arena, step);
    scale = strpbrk(scale, ".ef") ? scale : arena_printf(p->arena, "%s.0f", scale);
    switch (mode) {
    case UPSAMPLE_EXACT: return arena_printf(p->arena, "(%s + 0.5f) * %s", at, scale);
    case UPSAMPLE_LINEAR: return arena_printf(p->arena, "(%s + 0.5f) * %s - 0.5f", at, scale);
    default: return arena_printf(p->arena, "%s * %s", at, scale);
    }
}

static void upsample(Plain *p, const Op *op, Shape x, Shape y, bool gradient)
{
    UpsampleMode mode = op->attr.upsample.mode;
    Shape in = shape_image(x);
    bool linear = mode == UPSAMPLE_LINEAR || mode == UPSAMPLE_ALIGNED, rows = x.rank == 3;
    set_images(p, x, y);
    plain_set(p, "v", "%s", place(p, mode, "r", op->attr.upsample.step[0]));
    plain_set(p, "h", "%s", place(p, mode, "c", op->attr.upsample.step[1]));
    plain_set(p, "last_row", "%" PRId64, in.dim[1] - 1);
    plain_set(p, "last_col", "%" PRId64, in.dim[2] - 1);
    if (gradient)
        plain_print(p, "memset(dx, 0, count * sizeof *dx);\n");
    if (!linear) {
        plain_print(p, PIXELS "{\n"
                       "?rows int row = least($v, $last_row);\n"
                       "int col = least($h, $last_col);\n");
        plain_print(p, gradient ? "dx[n][i]$pixel += dy[n][i]$rc;\n}\n" : "y[n][i]$rc = x[n][i]$pixel;\n}\n");
        return;
    }
    plain_print(p, PIXELS "{\n"
                   "?rows float v = fmaxf($v, 0);\n"
                   "float h = fmaxf($h, 0);\n"
                   "?rows int top = least(v, $last_row), bottom = least(top + 1, $last_row);\n"
                   "int left = least(h, $last_col), right = least(left + 1, $last_col);\n"
                   "?rows v -= top;\n"
                   "h -= left;\n");
    if (rows && gradient)
        plain_print(p, "dx[n][i][top][left] += dy[n][i][r][c] * (1 - v) * (1 - h);\n"
                       "dx[n][i][top][right] += dy[n][i][r][c] * (1 - v) * h;\n"
                       "dx[n][i][bottom][left] += dy[n][i][r][c] * v * (1 - h);\n"
                       "dx[n][i][bottom][right] += dy[n][i][r][c] * v * h;\n"
                       "}\n");
    else if (rows)
        plain_print(p, "y[n][i][r][c] = (1 - v) * ((1 - h) * x[n][i][top][left] + h * x[n][i][top][right]) + "
                       "v * ((1 - h) * x[n][i][bottom][left] + h * x[n][i][bottom][right]);\n"
                       "}\n");
    else if (gradient)
        plain_print(p, "dx[n][i][left] += dy[n][i][c] * (1 - h);\n"
                       "dx[n][i][right] += dy[n][i][c] * h;\n"
                       "}\n");
    else
        plain_print(p, "y[n][i][c] = (1 - h) * x[n][i][left] + h * x[n][i][right];\n"
                       "}\n");
}

static void upsample2d(Plain *p, const Op *op)
{
    upsample(p, op, op->in[0]->shape, op->out[0]->shape, false);
}

static void upsample2d_grad(Plain *p, const Op *op)
{
    upsample(p, op, op->out[0]->shape, op->in[0]->shape, true);
}

const PlainKernel plain_reshape = {.name = "forward", .print = reshape};
const PlainKernel plain_reshape_grad = {.name = "grad", .print = reshape_grad};
const PlainKernel plain_swap = {.name = "swap", .print = swap};
const PlainKernel plain_concat = {.name = "forward", .print = concat};
const PlainKernel plain_concat_grad = {.name = "grad", .print = concat_grad};
const PlainKernel plain_pad2d = {.name = "pad", .print = pad2d};
const PlainKernel plain_extend2d = {.name = "extend", .print = extend2d};
const PlainKernel plain_extend2d_grad = {.name = "extend_grad", .print = extend2d_grad};
const PlainKernel plain_upsample2d = {.name = "forward", .print = upsample2d};
const PlainKernel plain_upsample2d_grad = {.name = "grad", .print = upsample2d_grad};
