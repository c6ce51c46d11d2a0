/* Parameters: part of the layout step. Where a weight's elements lie follows from the kernels that read and make them;
 * the axes of a parameter say how torch's order walks through that. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/embedding.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/families/linear.h"
#include "targets/cpu/parameter_layout.h"

static void add_axis(PlacedParameter *placed, int64_t size, int64_t stride)
{
    placed->axis[placed->axis_count++] = (Axis){size, stride};
}

static PlacedParameter *place_parameter(Plan *plan, Value *value, int64_t floats)
{
    PlacedParameter *placed = arena_make(plan->arena, PlacedParameter);
    placed->parameter = value->parameter;
    placed->weights = plan_buffer(plan, SPACE_WEIGHTS, ELEMENT_FLOAT, value->name);
    placed->weights->value = value;
    placed->weights->count = round_up(floats, PAD);
    plan->buffer_of[value->id] = placed->weights;
    if (value->gradient) {
        placed->gradients = plan_buffer(plan, SPACE_GRADIENTS, ELEMENT_FLOAT, value->name);
        placed->gradients->value = value->gradient;
        placed->gradients->count = placed->weights->count;
        plan->buffer_of[value->gradient->id] = placed->gradients;
    }
    vec_push(plan->arena, plan->layout->parameters, placed);
    return placed;
}

/* The gradient of `weight` behind a pool, or NULL: it decides the order of the weights. */
static const Kernel *sparse_gradient(const Plan *plan, const Value *weight)
{
    for (int i = 0; weight->gradient && i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (family_info(kernel->family)->outputs_major && kernel->value[ROLE_DW] == weight->gradient)
            return kernel;
    }
    return NULL;
}

static void set_order(PlacedParameter *placed, WeightOrder order)
{
    placed->weights->order = order;
    if (placed->gradients)
        placed->gradients->order = order;
}

static void place_outputs_major(Plan *plan, const Op *conv, const Buffer *x)
{
    Shape shape = shape_filters(conv->in[1]->shape);
    WeightOrder order = {.in = 1, .tap_x = x->pitch, .tap_y = round_up(shape.dim[3] * x->pitch, PAD)};
    order.out = shape.dim[2] * order.tap_y;
    PlacedParameter *placed = place_parameter(plan, conv->in[1], shape.dim[0] * order.out);
    set_order(placed, order);
    add_axis(placed, shape.dim[0], order.out);
    add_axis(placed, shape.dim[1], order.in);
    add_axis(placed, shape.dim[2], order.tap_y);
    add_axis(placed, shape.dim[3], order.tap_x);
}

static void place_depthwise(Plan *plan, const Op *conv)
{
    Shape shape = shape_filters(conv->in[1]->shape); /* I = 1 */
    int64_t row = round_up(shape.dim[0], PAD);
    WeightOrder order = {.in = row, .out = 1, .tap_x = row, .tap_y = shape.dim[3] * row};
    PlacedParameter *placed = place_parameter(plan, conv->in[1], shape.dim[2] * order.tap_y);
    set_order(placed, order);
    add_axis(placed, shape.dim[0], 1);
    add_axis(placed, shape.dim[2], order.tap_y);
    add_axis(placed, shape.dim[3], order.tap_x);
}

static void place_inputs_major(Plan *plan, const Op *conv, const Buffer *x)
{
    const Window *window = &conv->attr.window;
    Shape shape = shape_filters(conv->in[1]->shape);
    int64_t outs = shape.dim[0], ins = shape.dim[1], row = round_up(outs, PAD), per_group = outs / window->groups;
    GroupWindow g = conv_window(window, x, outs);
    WeightOrder order = {.in = row, .out = 1, .tap_x = g.run * row, .tap_y = shape.dim[3] * g.run * row};
    PlacedParameter *placed = place_parameter(plan, conv->in[1], shape.dim[2] * order.tap_y);
    set_order(placed, order);
    if (window->groups == 1) {
        add_axis(placed, outs, 1);
    } else {
        if (g.groups < window->groups)
            add_axis(placed, window->groups / g.groups, g.outs);
        add_axis(placed, g.groups, per_group + ins * row);
        add_axis(placed, per_group, 1);
    }
    add_axis(placed, ins, row);
    add_axis(placed, shape.dim[2], order.tap_y);
    add_axis(placed, shape.dim[3], order.tap_x);
}

static const Kernel *kernel_of(const Plan *plan, const Op *op)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i]->ops[0] == op)
            return plan->kernels.at[i];
    }
    fail_bug("no kernel computes %s", op->out[0]->name);
}

static bool over_batch(const Plan *plan, const Op *linear)
{
    return kernel_of(plan, linear)->scope == SCOPE_BATCH;
}

/* The image that the weights go from: of a transposed convolution what its kernel makes. */
static const Buffer *weighed(const Plan *plan, const Op *op)
{
    if (op->kind == OP_CONV_TRANSPOSE2D)
        return buffer_at(plan, kernel_of(plan, op), ROLE_Y);
    return plan->buffer_of[op->in[0]->id];
}

static void place_linear_weight(Plan *plan, const Op *linear, const Buffer *x)
{
    int64_t outs = linear->in[1]->shape.dim[0];
    int64_t row = over_batch(plan, linear) ? linear_panel(outs) : round_up(outs, PAD);
    int64_t inputs = x->rows * x->cols * x->pitch;
    PlacedParameter *placed = place_parameter(plan, linear->in[1], inputs * round_up(outs, PAD));
    placed->weights->panel = row;
    if (placed->gradients)
        placed->gradients->panel = row;
    if (row < outs)
        add_axis(placed, outs / row, inputs * row);
    add_axis(placed, row < outs ? row : outs, 1);
    add_axis(placed, x->channels, row);
    if (x->rows * x->cols > 1) {
        add_axis(placed, x->rows, x->cols * x->pitch * row);
        add_axis(placed, x->cols, x->pitch * row);
    }
}

/* Rows side by side, each padded; as many as whole parts of the gradient have. */
static void place_table(Plan *plan, const Op *embedding)
{
    Shape table = embedding->in[1]->shape;
    int64_t row = round_up(table.dim[1], PAD);
    PlacedParameter *placed =
        place_parameter(plan, embedding->in[1], round_up(table.dim[0], embedding_part(table)) * row);
    add_axis(placed, table.dim[0], row);
    add_axis(placed, table.dim[1], 1);
}

/* A number for each element of an image: laid out as that, without a border. */
static void place_elements(Plan *plan, const Op *scale)
{
    const Buffer *x = plan->buffer_of[scale->in[0]->id];
    for (int i = 1; i <= 2; i++) {
        if (!scale->in[i])
            continue;
        PlacedParameter *placed = place_parameter(plan, scale->in[i], x->rows * x->cols * x->pitch);
        add_axis(placed, x->channels, 1);
        add_axis(placed, x->rows, x->cols * x->pitch);
        add_axis(placed, x->cols, x->pitch);
    }
}

/* Those that another plan has placed. */
static void adopt_parameters(Plan *plan)
{
    for (int i = 0; i < plan->graph->values.count; i++) {
        const Value *value = plan->graph->values.at[i];
        const PlacedParameter *placed = value->parameter ? placed_parameter(plan->layout, value->parameter) : NULL;
        if (placed)
            plan->buffer_of[value->id] = placed->weights;
    }
}

void place_parameters(Plan *plan)
{
    adopt_parameters(plan);
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        bool conv = op->kind == OP_CONV2D || op->kind == OP_CONV_TRANSPOSE2D, linear = op->kind == OP_LINEAR;
        bool weighs = conv || linear || op->kind == OP_SCALE || op->kind == OP_EMBEDDING;
        if (op->backward || !weighs || plan->buffer_of[op_in(op, ROLE_W)->id])
            continue;
        if (op->kind == OP_SCALE)
            place_elements(plan, op);
        if (op->kind == OP_EMBEDDING)
            place_table(plan, op);
        if (!conv && !linear)
            continue;
        const Buffer *x = weighed(plan, op);
        if (conv && sparse_gradient(plan, op->in[1]))
            place_outputs_major(plan, op, x);
        else if (conv && is_depthwise(&op->attr.window, op->in[0]->shape, op->out[0]->shape))
            place_depthwise(plan, op);
        else if (conv)
            place_inputs_major(plan, op, x);
        else
            place_linear_weight(plan, op, x);
        if (op->in[2]) {
            int64_t outs = op->in[2]->shape.dim[0];
            add_axis(place_parameter(plan, op->in[2], outs), outs, 1);
        }
    }
    /* What else there is has a number for each channel, or is a single one. */
    for (int i = 0; i < plan->graph->values.count; i++) {
        Value *value = plan->graph->values.at[i];
        if (value->producer->kind != OP_PARAMETER || plan->buffer_of[value->id])
            continue;
        PlacedParameter *placed = place_parameter(plan, value, shape_count(value->shape));
        if (value->shape.rank)
            add_axis(placed, shape_count(value->shape), 1);
    }
}
