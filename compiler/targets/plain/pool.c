/* Pools. r, c: row and column of the output; row, col: those of the input. */
#include <inttypes.h>

#include "targets/plain/plain.h"

/* The rows, or the columns, that a window takes: "from" and "to" behind its end, or a formula of its taps. */
static void set_axis(Plain *p, const Window *window, int axis, int64_t in, int64_t out, bool dilated)
{
    static const char *const at[] = {"r", "c"}, *const first[] = {"top", "left"}, *const end[] = {"bottom", "right"},
                      *const place[] = {"row", "col"}, *const loop[] = {"row_loop", "col_loop"};
    int kernel = window->kernel[axis], stride = window->stride[axis], padding = window->padding[axis];
    int64_t last = (out - 1) * stride + (int64_t)(kernel - 1) * window->dilation[axis] - padding;
    if (window->adaptive) {
        plain_set(p, first[axis], "%s * %" PRId64 " / %" PRId64, at[axis], in, out);
        plain_set(p, end[axis], "((%s + 1) * %" PRId64 " + %" PRId64 ") / %" PRId64, at[axis], in, out - 1, out);
    } else {
        const char *from = plain_place(p, at[axis], stride, padding, "0", 1);
        const char *step = dilated && window->dilation[axis] > 1
                               ? arena_printf(p->arena, " + %d", (kernel - 1) * window->dilation[axis] + 1)
                               : arena_printf(p->arena, " + %d", kernel);
        /* Where there is dilation, taps in front of the input are left out one by one. */
        bool cut = padding && !(dilated && window->dilation[axis] > 1);
        plain_set(p, first[axis], "%s%s%s", cut ? "most(" : "", from, cut ? ", 0)" : "");
        plain_set(p, end[axis], "%s%s", from, step);
        if (padding || last >= in)
            plain_set(p, end[axis], "least(%s%s, %" PRId64 ")", from, step, in);
    }
    int dilation = dilated ? window->dilation[axis] : 1;
    plain_set(p, loop[axis], "for (int %s = %s; %s < %s; %s%s)", place[axis], plain_get(p, first[axis]), place[axis],
              plain_get(p, end[axis]), place[axis],
              dilation == 1 ? "++" : arena_printf(p->arena, " += %d", dilation));
    plain_set(p, axis ? "skip_col" : "skip_row", "%s",
              dilation > 1 && padding ? arena_printf(p->arena, "%s >= 0", place[axis]) : "");
}

static void set_pool(Plain *p, const Window *window, Shape x, Shape y, bool dilated)
{
    Shape in = shape_image(x), out = shape_image(y);
    plain_set_image(p, "C", "H", "W", x);
    plain_set_image(p, "C", "OH", "OW", y);
    set_axis(p, window, 0, in.dim[1], out.dim[1], dilated);
    set_axis(p, window, 1, in.dim[2], out.dim[2], dilated);
    bool rows = x.rank == 3;
    const char *skip_row = rows ? plain_get(p, "skip_row") : "", *skip_col = plain_get(p, "skip_col");
    plain_set(p, "inside", "%s%s%s", skip_row, *skip_row && *skip_col ? " && " : "", skip_col);
    plain_set(p, "rows", "%s", rows ? "1" : "");
    plain_set(p, "rc", "%s", rows ? "[r][c]" : "[c]");
    plain_set(p, "pixel", "%s", rows ? "[row][col]" : "[col]");
    plain_set(p, "place", "%s", rows ? arena_printf(p->arena, "row * %" PRId64 " + col", in.dim[2]) : "col");
}

#define WINDOWS                              \
    "for (int n = 0; n < count; n++)\n"      \
    "for (int i = 0; i < $C; i++)\n"         \
    "?rows for (int r = 0; r < $OH; r++)\n"  \
    "for (int c = 0; c < $OW; c++) {\n"

static void max_pool2d(Plain *p, const Op *op)
{
    set_pool(p, &op->attr.window, op->in[0]->shape, op->out[0]->shape, true);
    plain_print(p, WINDOWS
                   "int at = -1;\n"
                   "real best = 0;\n"
                   "?rows $row_loop\n"
                   "$col_loop\n"
                   "?inside if ($inside)\n"
                   "if (at < 0 || x[n][i]$pixel > best || x[n][i]$pixel != x[n][i]$pixel) {\n"
                   "best = x[n][i]$pixel;\n"
                   "at = $place;\n"
                   "}\n"
                   "y[n][i]$rc = best;\n"
                   "arg[n][i]$rc = at;\n"
                   "}\n");
}

static void max_pool2d_grad(Plain *p, const Op *op)
{
    Shape in = shape_image(op->out[0]->shape);
    bool rows = op->out[0]->shape.rank == 3;
    plain_set_image(p, "C", "OH", "OW", op->in[0]->shape);
    plain_set(p, "rows", "%s", rows ? "1" : "");
    plain_set(p, "rc", "%s", rows ? "[r][c]" : "[c]");
    if (rows)
        plain_set(p, "pixel", "[arg[n][i][r][c] / %" PRId64 "][arg[n][i][r][c] %% %" PRId64 "]", in.dim[2], in.dim[2]);
    else
        plain_set(p, "pixel", "%s", "[arg[n][i][c]]");
    plain_print(p, "memset(dx, 0, count * sizeof *dx);\n"
                   "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < $C; i++)\n"
                   "?rows for (int r = 0; r < $OH; r++)\n"
                   "for (int c = 0; c < $OW; c++)\n"
                   "dx[n][i]$pixel += dy[n][i]$rc;\n");
}

/* What the sum of a window is divided by. */
static void set_divisor(Plain *p, const AveragePool *pool, Shape x)
{
    const Window *window = &pool->window;
    bool rows = x.rank == 3;
    int64_t whole = window->kernel[0] * (int64_t)window->kernel[1];
    const char *row_count = rows ? "(bottom - top) * " : "", *of_pad = "";
    if (pool->divisor) {
        plain_set(p, "divisor", "%" PRId64, pool->divisor);
    } else if (!window->adaptive && window->padding[0] + window->padding[1] == 0 && !window->ceil_mode) {
        plain_set(p, "divisor", "%" PRId64, whole);
    } else if (pool->include_pad && !window->adaptive) { /* the window may reach as far as the padding does */
        Shape in = shape_image(x);
        static const char *const at[] = {"r", "c"};
        for (int axis = !rows; axis < 2; axis++) {
            const char *from = plain_place(p, at[axis], window->stride[axis], window->padding[axis], "0", 1);
            of_pad = arena_printf(p->arena, "%s%s(least(%s + %d, %" PRId64 ") - (%s))", of_pad, *of_pad ? " * " : "",
                                  from, window->kernel[axis], in.dim[1 + axis] + window->padding[axis], from);
        }
        plain_set(p, "divisor", "(%s)", of_pad);
    } else {
        plain_set(p, "divisor", "(%s(right - left))", row_count);
    }
}

static void set_average(Plain *p, const Op *op, Shape x, Shape y)
{
    static const char *const first[] = {"top", "left"}, *const end[] = {"bottom", "right"},
                      *const place[] = {"row", "col"}, *const loop[] = {"row_loop", "col_loop"};
    set_pool(p, &op->attr.average.window, x, y, false);
    set_divisor(p, &op->attr.average, x);
    for (int axis = 0; axis < 2; axis++)
        plain_set(p, loop[axis], "for (int %s = %s; %s < %s; %s++)", place[axis], first[axis], place[axis], end[axis],
                  place[axis]);
}

#define EDGES                                        \
    "?rows int top = $top, bottom = $bottom;\n"      \
    "int left = $left, right = $right;\n"

static void avg_pool2d(Plain *p, const Op *op)
{
    set_average(p, op, op->in[0]->shape, op->out[0]->shape);
    plain_print(p, WINDOWS EDGES
                   "double sum = 0;\n"
                   "?rows $row_loop\n"
                   "$col_loop\n"
                   "sum += x[n][i]$pixel;\n"
                   "y[n][i]$rc = sum / $divisor;\n"
                   "}\n");
}

static void avg_pool2d_grad(Plain *p, const Op *op)
{
    set_average(p, op, op->out[0]->shape, op->in[0]->shape);
    plain_print(p, "memset(dx, 0, count * sizeof *dx);\n"
                   WINDOWS EDGES
                   "real share = dy[n][i]$rc / $divisor;\n"
                   "?rows $row_loop\n"
                   "$col_loop\n"
                   "dx[n][i]$pixel += share;\n"
                   "}\n");
}

const PlainKernel plain_max_pool2d = {.name = "forward", .print = max_pool2d};
const PlainKernel plain_max_pool2d_grad = {.name = "grad", .print = max_pool2d_grad};
const PlainKernel plain_avg_pool2d = {.name = "forward", .print = avg_pool2d};
const PlainKernel plain_avg_pool2d_grad = {.name = "grad", .print = avg_pool2d_grad};
