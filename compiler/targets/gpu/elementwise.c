/* Element by element: activations, sums, products, dropout; and softmax, along channels. S: elements of a sample; P:
 * pixels of a channel. */
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

void gpu_input(Gpu *g, const Op *op)
{
    if (!op->attr.bytes)
        return;
    gpu_extra(g, "samples", "const uchar", (GpuOperand){.block = NC_ON_SAMPLES});
    gpu_extra(g, "pixels", "const float", (GpuOperand){.block = NC_ON_PIXELS});
    gpu_constant(g, "C", op->out[0]->shape.dim[0]);
    gpu_elements(g, op, op->out[0], "The pixels that the samples' bytes stand for.",
                 "$to pixels[i / P % C * 256 + samples[i]];\n");
}

void gpu_relu(Gpu *g, const Op *op)
{
    gpu_elements(g, op, op->in[0], "What is negative becomes 0.", "$to x[i] <= 0 ? 0 : x[i];\n");
}

void gpu_relu_grad(Gpu *g, const Op *op)
{
    gpu_elements(g, op, op->out[0], "dx = dy where y is positive.", "$to y[i] <= 0 ? 0 : dy[i];\n");
}

void gpu_add(Gpu *g, const Op *op)
{
    gpu_set_finish(g, "");
    if (gpu_has(g, "finish"))
        gpu_elements(g, op, op->out[0], arena_printf(g->arena, "y = a + b, and %s of that.",
                                                     gpu_activation_name(g->kernel->activation)),
                     "float value = a[i] + b[i];\n"
                     "$finish\n"
                     "$to value;\n");
    else
        gpu_elements(g, op, op->out[0], "y = a + b.", "$to a[i] + b[i];\n");
}

void gpu_multiply(Gpu *g, const Op *op)
{
    const int64_t share = shape_count(op->in[0]->shape) / shape_count(op->in[1]->shape);
    gpu_constant(g, "SHARE", share);
    gpu_elements(g, op, op->out[0], "y = a b, where b may have one number for the pixels of a channel.",
                 share > 1 ? "$to a[i] * b[i / SHARE];\n" : "$to a[i] * b[i];\n");
}

/* ---- Activations ------------------------------------------------------------------------------------------------- */

const char *gpu_activation_name(const Op *op)
{
    return op->kind == OP_RELU || op->kind == OP_RELU_GRAD ? "relu" : activation_name(op->attr.activation.kind);
}

void gpu_activation(Gpu *g, const Op *op)
{
    const Activation *activation = &op->attr.activation;
    gpu_elements(g, op, op->in[0], arena_printf(g->arena, "y of t = x: %s.", activation_name(activation->kind)),
                 arena_printf(g->arena, "float t = x[i];\n$to %s;\n",
                              gpu_formula(g->arena, activation_formulas[activation->kind].y, activation)));
}

void gpu_activation_grad(Gpu *g, const Op *op)
{
    const Activation *activation = &op->attr.activation;
    gpu_elements(g, op, op->out[0], arena_printf(g->arena, "dy times the slope of %s, of t: what went in, or what came "
                                                 "out.", activation_name(activation->kind)),
                 arena_printf(g->arena, "float t = v[i];\n$to dy[i] * (%s);\n",
                              gpu_formula(g->arena, activation_formulas[activation->kind].slope, activation)));
}

static void slope_size(Gpu *g, const Value *w)
{
    gpu_constant(g, "R", w->shape.dim[0]);
}

void gpu_prelu(Gpu *g, const Op *op)
{
    slope_size(g, op->in[1]);
    gpu_elements(g, op, op->in[0], "What is negative is multiplied by a slope that is learned.",
                 "$to x[i] > 0 ? x[i] : w[i / P % R] * x[i];\n");
}

void gpu_prelu_grad(Gpu *g, const Op *op)
{
    slope_size(g, op_in(op, ROLE_W));
    gpu_elements(g, op, op->out[0], "The slope is 1 where x is positive, else that which was learned.",
                 "$to x[i] > 0 ? dy[i] : w[i / P % R] * dy[i];\n");
}

void gpu_prelu_grad_weight(Gpu *g, const Op *op)
{
    const int64_t slopes = op->out[0]->shape.dim[0];
    const Shape x = op->in[1]->shape;
    slope_size(g, op->out[0]);
    gpu_constant(g, "C", x.dim[0]);
    gpu_constant(g, "P", shape_count(shape_places(x)));
    gpu_constant(g, "OF_SLOPE", shape_count(x) / slopes);
    gpu_constant(g, "GROUP", GPU_GROUP);
    gpu_kernel(g, op, "", "A slope's gradient: the sum of dy x where x is negative, a group for each slope.",
               gpu_groups(slopes, GPU_GROUP),
               "SHARED float part[GROUP];\n"
               "int o = group_id();\n"
               "float sum = 0;\n"
               "for (int i = local_id(); i < count * OF_SLOPE; i += GROUP) {\n"
               "int n = i / OF_SLOPE, p = i % P, c = i % OF_SLOPE / P * R + o;\n"
               "int at = (n * C + c) * P + p;\n"
               "sum += x[at] > 0 ? 0 : dy[at] * x[at];\n"
               "}\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "if (local_id() == 0)\n"
               "dw[o] = sum;\n");
}

/* ---- Softmax ----------------------------------------------------------------------------------------------------- */

static void softmax_kernel(Gpu *g, const Op *op, const char *about, const char *lines)
{
    const Shape shape = op->in[0]->shape;
    const int64_t places = shape_count(shape_places(shape));
    gpu_constant(g, "C", shape.dim[0]);
    gpu_constant(g, "P", places);
    gpu_set(g, "log", "%s", op->attr.log ? "1" : "");
    gpu_set(g, "lines", "%s", lines);
    gpu_kernel(g, op, "", about, gpu_each(places),
               "int place = global_id(), first = place / P * C * P + place % P;\n"
               "if (place >= count * P)\n"
               "return;\n"
               "$lines\n");
}

void gpu_softmax(Gpu *g, const Op *op)
{
    softmax_kernel(g, op, "exp(x) over its sum over the channels, or the logarithm of that.",
                   "float largest = x[first], sum = 0;\n"
                   "for (int i = 1; i < C; i++)\n"
                   "largest = fmax(largest, x[first + i * P]);\n"
                   "for (int i = 0; i < C; i++)\n"
                   "sum += exp(x[first + i * P] - largest);\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log y[first + i * P] = x[first + i * P] - largest - log(sum);\n"
                   "!log y[first + i * P] = exp(x[first + i * P] - largest) / sum;\n");
}

void gpu_softmax_grad(Gpu *g, const Op *op)
{
    softmax_kernel(g, op, "Each channel is in the sum that all are divided by: so all gradients meet in one sum.",
                   "float sum = 0;\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log sum += dy[first + i * P];\n"
                   "!log sum += dy[first + i * P] * y[first + i * P];\n"
                   "for (int i = 0; i < C; i++)\n"
                   "?log dx[first + i * P] = dy[first + i * P] - exp(y[first + i * P]) * sum;\n"
                   "!log dx[first + i * P] = y[first + i * P] * (dy[first + i * P] - sum);\n");
}

/* ---- Dropout: masks are drawn by the CPU's generator ------------------------------------------------------------- */

void gpu_dropout(Gpu *g, const Op *op)
{
    gpu_real(g, "keep", 1 - op->attr.dropout.p);
    gpu_elements(g, op, op->in[0], "Elements are kept by chance, and made larger, so that their mean stays.",
                 dropout_draws_nothing(op) ? "$to 0;\n" : "$to mask[i] ? x[i] / keep : 0;\n");
}

void gpu_dropout_grad(Gpu *g, const Op *op)
{
    gpu_real(g, "keep", 1 - op->attr.dropout.p);
    gpu_elements(g, op, op->out[0], "What was dropped has no gradient.",
                 dropout_draws_nothing(op) ? "$to 0;\n" : "$to mask[i] ? dy[i] / keep : 0;\n");
}

/* The mask byte of channel i of all samples. */
static const char *channel_mask(const Op *op)
{
    static const char *const bytes[] = {[DROP_EACH] = "masks[i / P]", [DROP_SAMPLES] = "masks[i / S]",
                                        [DROP_BATCH] = "masks[0]"};
    return bytes[op->attr.dropout.unit];
}

void gpu_dropout_channels(Gpu *g, const Op *op)
{
    int layer = 0;
    for (int i = 0; i < op->id; i++)
        layer += g->graph->ops.at[i]->kind == OP_DROPOUT || g->graph->ops.at[i]->kind == OP_DROPOUT_CHANNELS;
    const double keep = 1 - op->attr.dropout.p;
    gpu_extra(g, "masks", "const uchar", (GpuOperand){.block = NC_ON_MASKS, .offset = g->masks.at[layer]});
    gpu_real(g, "larger", keep > 0 ? 1 / keep : 0);
    gpu_elements(g, op, op->in[0], "Channels are kept by chance, and made larger, so that their mean stays.",
                 dropout_draws_nothing(op) ? "float factor = 0;\n"
                             "factors[i / P] = factor;\n"
                             "$to factor * x[i];\n"
                           : arena_printf(g->arena, "float factor = %s ? larger : 0;\n"
                                                    "if (i %% P == 0)\n"
                                                    "factors[i / P] = factor;\n"
                                                    "$to factor * x[i];\n", channel_mask(op)));
}

void gpu_dropout_channels_grad(Gpu *g, const Op *op)
{
    gpu_elements(g, op, op->out[0], "A channel's gradient is multiplied as the channel was.",
                 "$to factors[i / P] * dy[i];\n");
}

/* ---- A weight for each element ----------------------------------------------------------------------------------- */

void gpu_scale(Gpu *g, const Op *op)
{
    gpu_elements(g, op, op->in[0], "A weight and a bias for each element.",
                 op_in(op, ROLE_BIAS) ? "$to x[i] * w[i % S] + bias[i % S];\n" : "$to x[i] * w[i % S];\n");
}

void gpu_scale_grad(Gpu *g, const Op *op)
{
    gpu_elements(g, op, op->out[0], "dx = dy w, element by element.", "$to dy[i] * w[i % S];\n");
}

void gpu_scale_grad_weight(Gpu *g, const Op *op)
{
    gpu_sum_of_samples(g, op, "dw = dy x, element by element, the sum over the samples.", shape_count(op->in[0]->shape),
                       "dy[n * S + i] * x[n * S + i]", "dw");
}

void gpu_scale_grad_bias(Gpu *g, const Op *op)
{
    gpu_sum_of_samples(g, op, "db = dy, element by element, the sum over the samples.", shape_count(op->in[0]->shape),
                       "dy[n * S + i]", "db");
}
