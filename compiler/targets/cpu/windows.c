/* The windows of convolutions: where they begin, what groups make of them, what they reach. */
#include "targets/cpu/buffers.h"

static int64_t gcd(int64_t a, int64_t b)
{
    return b ? gcd(b, a % b) : a;
}

GroupWindow group_window(int groups, int64_t outs_per_group, int64_t ins_per_group, int64_t inputs, int64_t pitch)
{
    int64_t together = PAD / gcd(outs_per_group, PAD); /* groups whose outputs fill whole vectors */
    if (groups > 1 && groups % together == 0 && together < groups)
        return (GroupWindow){together * outs_per_group, together * ins_per_group, together * ins_per_group,
                             (int)together};
    /* Reading the padding too makes the taps of a row one run; where most of a pixel is padding that costs more. */
    int64_t run = inputs * 4 > pitch * 3 ? pitch : inputs;
    return (GroupWindow){round_up(groups * outs_per_group, PAD), 0, run, groups};
}

GroupWindow conv_window(const Window *window, const Buffer *x, int64_t outs)
{
    return group_window(window->groups, outs / window->groups, x->channels / window->groups, x->channels, x->pitch);
}

bool is_depthwise(const Window *window, Shape x, Shape y)
{
    return window->groups > 1 && window->groups == x.dim[0] && window->groups == y.dim[0];
}

Operand first_window(Buffer *x, const Window *w)
{
    Operand first = inside(x);
    first.offset -= w->padding[0] * buffer_row(x) + w->padding[1] * x->pitch;
    return first;
}

double conv_flops(const Buffer *x, const Window *w, int64_t outs)
{
    int64_t pixels = window_extent(w, 0, x->rows) * window_extent(w, 1, x->cols);
    return 2.0 * (double)(pixels * outs * w->kernel[0] * w->kernel[1]) * (double)(x->channels / w->groups);
}

void border_for_windows(Plan *plan, const Kernel *kernel)
{
    const Window *window = &kernel->op->attr.window;
    Buffer *x = buffer_at(plan, kernel, ROLE_X);
    int64_t before[2], after[2];
    const int64_t in[2] = {x->rows, x->cols};
    for (int axis = 0; axis < 2; axis++) {
        before[axis] = window->padding[axis];
        int64_t extent = window_extent(window, axis, in[axis]);
        int64_t reach =
            (extent - 1) * window->stride[axis] + window->dilation[axis] * (window->kernel[axis] - 1) + 1;
        after[axis] = reach - window->padding[axis] - in[axis];
    }
    buffer_widen(x, before, after);
}
