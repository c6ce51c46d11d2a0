/* Plan: where everything lies on the device. Parameters one after the other; values of samples by lifetime, two at one
 * place only where they are never alive at the same time. */
#include "base/fail.h"
#include "targets/gpu/gpu.h"
#include "targets/pack.h"

static int64_t round_up(int64_t number, int64_t to)
{
    return (number + to - 1) / to * to;
}

/* ---- Parameters and masks ---------------------------------------------------------------------------------------- */

static void place_masks(Gpu *g, const Op *op)
{
    static const int64_t one = 1;
    const Value *drawn = op->out[1];
    const DropoutUnit unit = op->attr.dropout.unit;
    const int64_t elements = unit == DROP_EACH ? shape_count(drawn->shape) : one;
    vec_push(g->arena, g->masks, g->mask_bytes);
    g->mask_bytes += round_up(elements * (unit == DROP_BATCH ? 1 : g->capacity), GPU_ALIGN);
}

void gpu_place_parameters(Gpu *g)
{
    const Network *network = g->program->train->network;
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *parameter = network->parameters.at[i];
        const int64_t floats = shape_count(parameter->shape) * (parameter->kind == PARAMETER_COUNT ? 2 : 1);
        vec_push(g->arena, g->parameters, parameter);
        vec_push(g->arena, g->places, g->block);
        g->block += round_up(floats, NC_PART_FLOATS);
    }
    for (int i = 0; i < g->graph->ops.count; i++) {
        const Op *op = g->graph->ops.at[i];
        if (op->kind == OP_DROPOUT || op->kind == OP_DROPOUT_CHANNELS)
            place_masks(g, op);
    }
}

static int64_t place_of(const Gpu *g, const Parameter *parameter)
{
    for (int i = 0; i < g->parameters.count; i++)
        if (g->parameters.at[i] == parameter)
            return g->places.at[i] * (int64_t)sizeof(float);
    fail_bug("parameter %s has no place on the device", parameter->name);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

const Value *gpu_root_of(const Value *value)
{
    while (value->producer->kind == OP_RESHAPE || value->producer->kind == OP_RESHAPE_GRAD)
        value = value->producer->in[0];
    return value;
}

/* The parameter whose gradient the loss leaves in this value. */
static const Parameter *learned_from(const Gpu *g, const Value *value)
{
    for (int i = 0; i < g->graph->values.count; i++) {
        const Value *parameter = g->graph->values.at[i];
        if (parameter->producer->kind == OP_PARAMETER && parameter->gradient &&
            gpu_root_of(parameter->gradient) == value && parameter_learns(parameter->parameter))
            return parameter->parameter;
    }
    return NULL;
}

static GpuOperand mask_of(const Gpu *g, const Op *dropout)
{
    int layer = 0;
    for (int i = 0; i < dropout->id; i++)
        layer += g->graph->ops.at[i]->kind == OP_DROPOUT || g->graph->ops.at[i]->kind == OP_DROPOUT_CHANNELS;
    return (GpuOperand){.block = NC_ON_MASKS, .offset = g->masks.at[layer]};
}

static GpuBuffer *new_buffer(Gpu *g, const char *name, int64_t bytes)
{
    GpuBuffer *buffer = arena_make(g->arena, GpuBuffer);
    *buffer = (GpuBuffer){.name = name, .bytes = round_up(bytes, GPU_ALIGN), .last = -1};
    vec_push(g->arena, g->buffers, buffer);
    return buffer;
}

GpuOperand gpu_scratch(Gpu *g, const char *name, int64_t bytes)
{
    return (GpuOperand){.block = NC_ON_VALUES, .buffer = new_buffer(g, name, bytes)};
}

GpuOperand gpu_operand_of(Gpu *g, const Value *value)
{
    value = gpu_root_of(value);
    const Op *producer = value->producer;
    if (producer->kind == OP_PARAMETER)
        return (GpuOperand){.block = NC_ON_WEIGHTS, .offset = place_of(g, value->parameter)};
    if (producer->kind == OP_TARGET)
        return (GpuOperand){.block = NC_ON_TARGETS};
    if (producer->kind == OP_INPUT && !producer->attr.bytes)
        return (GpuOperand){.block = NC_ON_SAMPLES};
    if (producer->kind == OP_DROPOUT && value->output == 1)
        return mask_of(g, producer);
    const Parameter *parameter = learned_from(g, value);
    if (parameter)
        return (GpuOperand){.block = NC_ON_GRADIENTS, .offset = place_of(g, parameter)};
    if (!g->buffer_of[value->id])
        g->buffer_of[value->id] = new_buffer(g, value->identifier, shape_count(value->shape) * (int64_t)sizeof(float) *
                                                                   (value->batched ? g->capacity : 1));
    return (GpuOperand){.block = NC_ON_VALUES, .buffer = g->buffer_of[value->id]};
}

void gpu_begin_graph(Gpu *g, const KernelGraph *kernels, GpuLaunches *launches)
{
    const Graph *graph = kernels->graph;
    g->kernels = kernels;
    g->graph = graph;
    g->launches = launches;
    g->buffer_of = arena_alloc(g->arena, (size_t)graph->values.count * sizeof *g->buffer_of);
    g->buffers.count = 0;
    gpu_find_through(g);
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

static void find_lives(Gpu *g)
{
    for (int i = 0; i < g->launches->count; i++) {
        const GpuLaunch *launch = &g->launches->at[i];
        for (int k = 0; k < launch->operand_count; k++) {
            GpuBuffer *buffer = launch->operand[k].buffer;
            if (!buffer)
                continue;
            if (buffer->last < 0)
                buffer->first = i;
            buffer->last = i;
        }
    }
    if (g->output.buffer && g->graph->evaluates) /* it is read behind the last launch */
        g->output.buffer->last = g->launches->count;
}

void gpu_end_graph(Gpu *g)
{
    int count = 0;
    find_lives(g);
    PackBlock *blocks = arena_alloc(g->arena, (size_t)(g->buffers.count + 1) * sizeof *blocks);
    for (int i = 0; i < g->buffers.count; i++) {
        const GpuBuffer *buffer = g->buffers.at[i];
        if (buffer->last >= 0)
            blocks[count++] = (PackBlock){.first = buffer->first, .last = buffer->last, .bytes = buffer->bytes};
    }
    const int64_t end = pack_blocks(g->arena, blocks, count, 0);
    g->values = g->values < end ? end : g->values;
    for (int i = g->buffers.count - 1; i >= 0; i--)
        if (g->buffers.at[i]->last >= 0)
            g->buffers.at[i]->offset = blocks[--count].offset;
}
