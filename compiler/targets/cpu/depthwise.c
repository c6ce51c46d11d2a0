/* Convolutions in as many groups as channels, forward and their weights' gradients: part of the layout step.
 * gradients.c has those of the input. Their weights lie [tap][channel]. */
#include "targets/cpu/buffers.h"

bool is_depthwise(const Window *window, Shape x, Shape y)
{
    return window->groups > 1 && window->groups == x.dim[0] && window->groups == y.dim[0];
}

void layout_depthwise(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *weights = buffer_at(plan, kernel, ROLE_W);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[DEPTHWISE_rows] = y->rows;
    d[DEPTHWISE_cols] = y->cols;
    d[DEPTHWISE_channels] = y->pitch;
    d[DEPTHWISE_taps_y] = window->kernel[0];
    d[DEPTHWISE_taps_x] = window->kernel[1];
    d[DEPTHWISE_x_row] = window->stride[0] * row;
    d[DEPTHWISE_x_col] = window->stride[1] * x->pitch;
    d[DEPTHWISE_x_tap_y] = window->dilation[0] * row;
    d[DEPTHWISE_x_tap_x] = window->dilation[1] * x->pitch;
    d[DEPTHWISE_w_tap_y] = weights->order.tap_y;
    d[DEPTHWISE_w_tap_x] = weights->order.tap_x;
    d[DEPTHWISE_y_row] = buffer_row(y);
    d[DEPTHWISE_y_col] = y->pitch;
    d[DEPTHWISE_has_bias] = kernel_has_bias(kernel);
    d[DEPTHWISE_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, DEPTHWISE_act);
    kernel->operand[ROLE_X] = first_window(x, window);
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside(y);
    kernel->flops = conv_flops(x, window, y->channels);
}

void layout_depthwise_grad_weight(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *dy = buffer_at(plan, kernel, ROLE_DY);
    Buffer *gradients = buffer_at(plan, kernel, ROLE_DW);
    const Window *window = &kernel->ops[0]->attr.window;
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[DEPTHWISE_GRAD_WEIGHT_rows] = dy->rows;
    d[DEPTHWISE_GRAD_WEIGHT_cols] = dy->cols;
    d[DEPTHWISE_GRAD_WEIGHT_channels] = dy->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_taps_y] = window->kernel[0];
    d[DEPTHWISE_GRAD_WEIGHT_taps_x] = window->kernel[1];
    d[DEPTHWISE_GRAD_WEIGHT_x_row] = window->stride[0] * row;
    d[DEPTHWISE_GRAD_WEIGHT_x_col] = window->stride[1] * x->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_x_tap_y] = window->dilation[0] * row;
    d[DEPTHWISE_GRAD_WEIGHT_x_tap_x] = window->dilation[1] * x->pitch;
    d[DEPTHWISE_GRAD_WEIGHT_g_tap_y] = gradients->order.tap_y;
    d[DEPTHWISE_GRAD_WEIGHT_g_tap_x] = gradients->order.tap_x;
    d[DEPTHWISE_GRAD_WEIGHT_d_row] = buffer_row(dy);
    d[DEPTHWISE_GRAD_WEIGHT_d_col] = dy->pitch;
    kernel->operand[ROLE_X] = first_window(x, window);
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_DW] = whole(gradients);
    kernel->flops = conv_flops(x, window, dy->channels);
}
