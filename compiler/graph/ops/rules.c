#include "graph/ops/rules.h"

void must_keep_shape(const OpCheck *check)
{
    const Op *op = check->op;
    for (int i = 0; i < MAX_INPUTS; i++)
        op_must(check, !op->in[i] || shape_equal(op->in[i]->shape, op->out[0]->shape), "the shape is kept");
    for (int i = 1; i < MAX_OUTPUTS; i++)
        op_must(check, !op->out[i] || shape_equal(op->out[i]->shape, op->out[0]->shape), "the shape is kept");
}

void must_fit_window(const OpCheck *check, Shape x, Shape y)
{
    const Window *window = &check->op->attr.window;
    op_must(check, (x.rank == 3 || x.rank == 2) && y.rank == x.rank, "a window slides over C,H,W or C,L");
    x = shape_image(x);
    y = shape_image(y);
    for (int axis = 0; axis < 2 && !window->adaptive; axis++) {
        op_must(check, window->kernel[axis] > 0 && window->stride[axis] > 0 && window->dilation[axis] > 0 &&
                window->padding[axis] >= 0, "a window's sizes are positive");
        op_must(check, y.dim[1 + axis] == window_extent(window, axis, x.dim[1 + axis]),
                "the output's extent is the window's");
    }
    op_must(check, window->groups > 0, "there is a group");
}

void must_fit_conv(const OpCheck *check, Shape x, Shape w, Shape y)
{
    const Window *window = &check->op->attr.window;
    must_fit_window(check, x, y);
    op_must(check, w.rank == x.rank + 1, "a weight is O,I,KH,KW or O,I,K");
    w = shape_filters(w);
    op_must(check, w.dim[2] == window->kernel[0] && w.dim[3] == window->kernel[1],
            "a weight is as large as the window");
    op_must(check, x.dim[0] == w.dim[1] * window->groups && y.dim[0] == w.dim[0] && w.dim[0] % window->groups == 0,
            "channels fit the weight and the groups");
}

void must_fit_bias(const OpCheck *check, const Value *bias, const Value *y)
{
    op_must(check, !bias || (bias->shape.rank == 1 && bias->shape.dim[0] == y->shape.dim[0]),
            "a bias has one number per output channel");
}

static void print_pair(Text *out, const char *name, const int *pair, int plain)
{
    if (pair[0] == pair[1] && pair[0] != plain)
        text_printf(out, " %s=%d", name, pair[0]);
    else if (pair[0] != pair[1])
        text_printf(out, " %s=%dx%d", name, pair[0], pair[1]);
}

void print_window(Text *out, const Window *window)
{
    if (window->adaptive) {
        text_add(out, " adaptive");
        return;
    }
    print_pair(out, "kernel", window->kernel, 0);
    print_pair(out, "stride", window->stride, 1);
    print_pair(out, "padding", window->padding, 0);
    print_pair(out, "dilation", window->dilation, 1);
    if (window->groups != 1)
        text_printf(out, " groups=%d", window->groups);
    if (window->ceil_mode)
        text_add(out, " ceil_mode");
    print_pair(out, "left_out", window->left_out, 0);
}

bool is_of_channels(const Value *value, const Value *x, int rows)
{
    return value->shape.rank == 3 && value->shape.dim[0] == x->shape.dim[0] && value->shape.dim[1] == rows &&
           value->shape.dim[2] == 1;
}
