/* An image or a sequence in another size. */
#include "graph/op.h"

static void print(Text *out, const Op *op)
{
    static const char *const modes[] = {
        [UPSAMPLE_NEAREST] = "nearest", [UPSAMPLE_EXACT] = "exact", [UPSAMPLE_LINEAR] = "linear",
        [UPSAMPLE_ALIGNED] = "aligned"};
    text_printf(out, " %s step=%.9gx%.9g", modes[op->attr.upsample.mode], (double)op->attr.upsample.step[0],
                (double)op->attr.upsample.step[1]);
}

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, x->rank > 1 && y->rank == x->rank && x->dim[0] == y->dim[0], "another size keeps the channels");
}

/* Each element of dy goes to those it was made of, by what it took of each. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_UPSAMPLE2D_GRAD, op->in[0], dy[0], NULL, op->attr);
}

/* Whether all extents of y are those of x over the step, so that the extents alone say all. */
static bool steps_by_extents(const Op *op)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    for (int i = 1; i < x->rank; i++)
        if (op->attr.upsample.step[2 - x->rank + i] != (float)x->dim[i] / (float)y->dim[i])
            return false;
    return true;
}

/* Whether each element becomes a whole number of them: where it does not, Resize may round to another one. */
static bool multiplies(const Op *op)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    for (int i = 1; i < x->rank; i++)
        if (y->dim[i] % x->dim[i] != 0)
            return false;
    return steps_by_extents(op);
}

/* Of the nearest elements the places are known: rows and columns are gathered by them. */
static void gather_nearest(Onnx *onnx, const Op *op)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    const float half = op->attr.upsample.mode == UPSAMPLE_EXACT ? 0.5F : 0;
    const char *from = onnx_x(onnx);
    for (int i = 1; i < x->rank; i++) {
        int64_t *places = arena_alloc(onnx->arena, (size_t)y->dim[i] * sizeof *places);
        for (int64_t k = 0; k < y->dim[i]; k++) {
            const int64_t place = (int64_t)(((float)k + half) * op->attr.upsample.step[2 - x->rank + i]);
            places[k] = place < x->dim[i] ? place : x->dim[i] - 1;
        }
        const char *to = i == x->rank - 1 ? onnx_y(onnx) : onnx_name(onnx, "rows");
        onnx_int(onnx, onnx_node(onnx, "Gather", (const char *[]){from, onnx_list(onnx, places, (int)y->dim[i]), NULL},
                                 to), "axis", 1 + i);
        from = to;
    }
}

static void onnx_resize(Onnx *onnx, const Op *op)
{
    const Shape *x = &op->in[0]->shape, *y = &op->out[0]->shape;
    const UpsampleMode mode = op->attr.upsample.mode;
    const bool nearest = mode == UPSAMPLE_NEAREST || mode == UPSAMPLE_EXACT;
    const bool by_extents = mode == UPSAMPLE_ALIGNED || steps_by_extents(op);
    const int64_t extents = x->rank - 1;
    int64_t sizes[2], axes[2] = {2, 3};
    float scales[2];
    if (nearest && !multiplies(op)) {
        gather_nearest(onnx, op);
        return;
    }
    for (int i = 0; i < x->rank - 1; i++) {
        sizes[i] = y->dim[1 + i];
        scales[i] = 1 / op->attr.upsample.step[3 - x->rank + i];
        if (!by_extents && (int64_t)((float)x->dim[1 + i] * scales[i]) != y->dim[1 + i])
            onnx->refused = "Resize would make another extent of this scale_factor: give the size";
    }
    const char *scale = by_extents ? "" : onnx_floats(onnx, shape_of(1, &extents), scales);
    const char *size = by_extents ? onnx_list(onnx, sizes, (int)extents) : NULL;
    OnnxNode *node = onnx_node(onnx, "Resize", (const char *[]){onnx_x(onnx), "", scale, size, NULL}, onnx_y(onnx));
    onnx_string(onnx, node, "mode", nearest ? "nearest" : "linear");
    onnx_string(onnx, node, "coordinate_transformation_mode",
                nearest ? "asymmetric" : mode == UPSAMPLE_ALIGNED ? "align_corners" : "half_pixel");
    if (nearest)
        onnx_string(onnx, node, "nearest_mode", "floor");
    onnx_ints(onnx, node, "axes", axes, (int)extents);
}

const OpInfo op_upsample2d = {
    .name = "UPSAMPLE2D",
    .formula = "y = x in another size, of the nearest elements or from between them",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .print = print,
    .onnx = onnx_resize,
};

const OpInfo op_upsample2d_grad = {
    .name = "UPSAMPLE2D_GRAD",
    .formula = "dx of UPSAMPLE2D from dy, shared out as y was made",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify,
    .print = print,
    .backward_name = {"upsample", "_grad"},
};
