#include "graph/onnx.h"

#include <string.h>

#include "graph/op.h"

OnnxNode *onnx_node(Onnx *onnx, const char *op, const char *const *inputs, const char *out)
{
    OnnxNode *node = arena_make(onnx->arena, OnnxNode);
    *node = (OnnxNode){.op = op, .name = out, .out = out};
    for (; *inputs; inputs++)
        vec_push(onnx->arena, node->in, *inputs);
    vec_push(onnx->arena, onnx->nodes, node);
    return node;
}

const char *onnx_x(Onnx *onnx)
{
    return onnx_value(onnx, onnx->op->in[0]);
}

const char *onnx_y(Onnx *onnx)
{
    return onnx->names[onnx->op->out[0]->id];
}

OnnxNode *onnx_simple(Onnx *onnx, const char *op)
{
    return onnx_node(onnx, op, (const char *[]){onnx_x(onnx), NULL}, onnx_y(onnx));
}

OnnxNode *onnx_weighted(Onnx *onnx, const char *op)
{
    const Value *w = op_in(onnx->op, ROLE_W), *bias = op_in(onnx->op, ROLE_BIAS);
    return onnx_node(onnx, op, (const char *[]){onnx_x(onnx), onnx_value(onnx, w),
                                                bias ? onnx_value(onnx, bias) : NULL, NULL}, onnx_y(onnx));
}

/* ---- Attributes -------------------------------------------------------------------------------------------------- */

static OnnxAttribute *attribute(Onnx *onnx, OnnxNode *node, const char *name, OnnxKind kind)
{
    vec_push(onnx->arena, node->attributes, ((OnnxAttribute){.name = name, .kind = kind}));
    return &node->attributes.at[node->attributes.count - 1];
}

static const int64_t *copy_ints(Arena *arena, const int64_t *values, int count)
{
    return memcpy(arena_alloc(arena, (size_t)(count + 1) * sizeof *values), values, (size_t)count * sizeof *values);
}

void onnx_int(Onnx *onnx, OnnxNode *node, const char *name, int64_t value)
{
    OnnxAttribute *made = attribute(onnx, node, name, ONNX_INT);
    made->ints = copy_ints(onnx->arena, &value, 1);
    made->count = 1;
}

void onnx_ints(Onnx *onnx, OnnxNode *node, const char *name, const int64_t *values, int count)
{
    OnnxAttribute *made = attribute(onnx, node, name, ONNX_INTS);
    made->ints = copy_ints(onnx->arena, values, count);
    made->count = count;
}

void onnx_float(Onnx *onnx, OnnxNode *node, const char *name, double value)
{
    attribute(onnx, node, name, ONNX_FLOAT)->f = value;
}

void onnx_string(Onnx *onnx, OnnxNode *node, const char *name, const char *value)
{
    attribute(onnx, node, name, ONNX_STRING)->s = value;
}

void onnx_window(Onnx *onnx, OnnxNode *node, const Window *window, int rank, const int64_t *pads)
{
    const int first = 3 - rank, axes = rank - 1; /* a sequence lies horizontally */
    int64_t kernel[2], stride[2], own[4], dilation[2];
    for (int i = 0; i < axes; i++) {
        kernel[i] = window->kernel[first + i];
        stride[i] = window->stride[first + i];
        own[i] = own[axes + i] = window->padding[first + i];
        dilation[i] = window->dilation[first + i];
    }
    onnx_ints(onnx, node, "kernel_shape", kernel, axes);
    onnx_ints(onnx, node, "strides", stride, axes);
    onnx_ints(onnx, node, "pads", pads ? pads : own, 2 * axes);
    if (dilation[0] != 1 || dilation[axes - 1] != 1)
        onnx_ints(onnx, node, "dilations", dilation, axes);
}

/* Whether the windows are as many as the output has elements, those at the end whole, or begun where `ceil`. */
static bool has_windows(const Op *op, const Window *window, bool ceil)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    for (int i = 1; i < x->rank; i++) {
        const int axis = 2 - x->rank + i;
        const int64_t reach = (int64_t)window->dilation[axis] * (window->kernel[axis] - 1) + 1;
        const int64_t left = x->dim[i] + 2 * window->padding[axis] - reach, stride = window->stride[axis];
        if ((left + (ceil ? stride - 1 : 0)) / stride + 1 != y->dim[i])
            return false;
    }
    return true;
}

OnnxNode *onnx_pool(Onnx *onnx, const char *op, const Window *window, const char *out)
{
    const bool whole = has_windows(onnx->op, window, false);
    if (!whole && !has_windows(onnx->op, window, true)) {
        onnx->refused = "with ceil_mode its windows are not those of PyTorch, which leaves out one that begins in the "
                        "padding";
        return NULL;
    }
    OnnxNode *node = onnx_node(onnx, op, (const char *[]){onnx_x(onnx), NULL}, out);
    onnx_window(onnx, node, window, onnx->op->in[0]->shape.rank, NULL);
    if (!whole)
        onnx_int(onnx, node, "ceil_mode", 1);
    return node;
}

bool onnx_regular(const Op *op, Window *window)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    for (int i = 1; i < x->rank; i++) {
        const int axis = 2 - x->rank + i;
        if (x->dim[i] % y->dim[i] != 0)
            return false;
        window->kernel[axis] = window->stride[axis] = (int)(x->dim[i] / y->dim[i]);
        window->padding[axis] = 0;
        window->dilation[axis] = 1;
    }
    window->ceil_mode = false;
    return true;
}

/* ---- Tensors ----------------------------------------------------------------------------------------------------- */

static bool has_tensor(const Onnx *onnx, const char *name)
{
    for (int i = 0; i < onnx->tensors.count; i++)
        if (!strcmp(onnx->tensors.at[i].name, name))
            return true;
    return false;
}

/* Parameters are called as the state_dict calls them. */
const char *onnx_parameter(Onnx *onnx, const Value *value, Shape shape)
{
    const char *name = value->name;
    for (int i = 0; i < onnx->tensors.count; i++) {
        const OnnxTensor *tensor = &onnx->tensors.at[i];
        if (tensor->parameter == value->parameter && shape_equal(tensor->shape, shape))
            return tensor->name;
    }
    for (int i = 2; has_tensor(onnx, name); i++) /* it is there with other dimensions */
        name = arena_printf(onnx->arena, "%s#%d", value->name, i);
    vec_push(onnx->arena, onnx->tensors,
             ((OnnxTensor){.name = name, .shape = shape, .parameter = value->parameter}));
    return name;
}

const char *onnx_value(Onnx *onnx, const Value *value)
{
    if (!value)
        return "";
    return value->parameter ? onnx_parameter(onnx, value, value->shape) : onnx->names[value->id];
}

const char *onnx_name(Onnx *onnx, const char *suffix)
{
    return arena_printf(onnx->arena, "%s/%s", onnx_y(onnx), suffix);
}

static const char *add_tensor(Onnx *onnx, OnnxTensor tensor)
{
    tensor.name = arena_printf(onnx->arena, "%s/constant%d", onnx_y(onnx), onnx->tensors.count);
    vec_push(onnx->arena, onnx->tensors, tensor);
    return tensor.name;
}

const char *onnx_floats(Onnx *onnx, Shape shape, const float *values)
{
    const size_t size = (size_t)shape_count(shape) * sizeof *values;
    const float *floats = memcpy(arena_alloc(onnx->arena, size), values, size);
    return add_tensor(onnx, (OnnxTensor){.shape = shape, .floats = floats});
}

const char *onnx_number(Onnx *onnx, double value)
{
    const float number = (float)value;
    return onnx_floats(onnx, (Shape){0}, &number);
}

const char *onnx_list(Onnx *onnx, const int64_t *values, int count)
{
    const int64_t extent = count;
    return add_tensor(onnx, (OnnxTensor){.shape = shape_of(1, &extent), .ints = copy_ints(onnx->arena, values, count)});
}

Shape onnx_channels(int64_t channels, int rank)
{
    Shape shape = {.rank = rank, .dim = {channels, 1, 1}};
    return shape;
}

/* ---- The graph --------------------------------------------------------------------------------------------------- */

static OnnxNode *maker_of(const Onnx *onnx, const char *name)
{
    for (int i = onnx->nodes.count - 1; i >= 0; i--)
        if (!strcmp(onnx->nodes.at[i]->out, name))
            return onnx->nodes.at[i];
    return NULL;
}

static bool is_read(const Onnx *onnx, const char *name)
{
    for (int i = 0; i < onnx->nodes.count; i++)
        for (int k = 0; k < onnx->nodes.at[i]->in.count; k++)
            if (!strcmp(onnx->nodes.at[i]->in.at[k], name))
                return true;
    return false;
}

void onnx_swap(Onnx *onnx, const char *x)
{
    const OnnxNode *maker = maker_of(onnx, x);
    if (maker && !strcmp(maker->op, "Transpose"))
        onnx->names[onnx->op->out[0]->id] = maker->in.at[0];
    else
        onnx_ints(onnx, onnx_node(onnx, "Transpose", (const char *[]){x, NULL}, onnx_y(onnx)), "perm",
                  (int64_t[]){0, 2, 1}, 3);
}

/* Takes out what nothing reads any more. */
static void prune(Onnx *onnx)
{
    for (int i = onnx->nodes.count - 1; i >= 0; i--) {
        if (!strcmp(onnx->nodes.at[i]->out, "output") || is_read(onnx, onnx->nodes.at[i]->out))
            continue;
        for (int k = i; k + 1 < onnx->nodes.count; k++)
            onnx->nodes.at[k] = onnx->nodes.at[k + 1];
        onnx->nodes.count--;
    }
}

/* The graph's output is called `output`, by a node of its own where it is the input or is read again. */
static void name_output(Onnx *onnx, const Graph *graph)
{
    const char *name = onnx->names[graph->output->id];
    OnnxNode *maker = maker_of(onnx, name);
    if (maker && !is_read(onnx, maker->out)) {
        maker->out = "output";
        return;
    }
    onnx_node(onnx, "Identity", (const char *[]){name, NULL}, "output");
}

Onnx *onnx_of_graph(Arena *arena, const Graph *graph)
{
    Onnx *onnx = arena_make(arena, Onnx);
    onnx->arena = arena;
    onnx->names = arena_alloc(arena, (size_t)graph->values.count * sizeof *onnx->names);
    for (int i = 0; i < graph->values.count; i++)
        onnx->names[i] = graph->values.at[i]->identifier;
    for (int i = 0; i < graph->ops.count; i++) {
        onnx->op = graph->ops.at[i];
        if (onnx->op->info->onnx)
            onnx->op->info->onnx(onnx, onnx->op);
        else if (onnx->op->in[0])
            onnx->refused = "ONNX has no operator for it";
        if (onnx->refused)
            return onnx;
    }
    name_output(onnx, graph);
    prune(onnx);
    return onnx;
}
