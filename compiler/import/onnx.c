#include "import/onnx.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "graph/onnx.h"
#include "internal.h"

/* Whose files are mapped: this run does no more than read them. */
static const struct nc_run reading = {.program = "netc import"};

enum { MOST_NODES = 100000 };

void onnx_refuse(const OnnxReader *r, const Onnx__Node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *why = arena_vprintf(r->import->arena, format, args);
    va_end(args);
    import_fail(r->import, NULL, "node '%.80s', %.40s: %s", node->name && *node->name ? node->name : node->output[0],
                node->op_type, why);
}

bool import_is_onnx(const char *path)
{
    const size_t length = strlen(path);
    return length > 5 && !strcmp(path + length - 5, ".onnx");
}

/* ---- The input --------------------------------------------------------------------------------------------------- */

/* The one input that is no initializer. */
static const Onnx__ValueInfo *find_input(const OnnxReader *r)
{
    const Onnx__ValueInfo *input = NULL;
    for (size_t i = 0; i < r->graph->n_input; i++) {
        const char *name = r->graph->input[i]->name;
        bool is_tensor = false;
        for (size_t k = 0; k < r->graph->n_initializer && name && !is_tensor; k++)
            is_tensor = r->graph->initializer[k]->name && !strcmp(r->graph->initializer[k]->name, name);
        if (is_tensor)
            continue;
        if (!name || input)
            import_fail(r->import, NULL, "a model has one input, and this one has several: '%.80s' and '%.80s'",
                        input ? input->name : "", name ? name : "");
        input = r->graph->input[i];
    }
    if (!input)
        import_fail(r->import, NULL, "its graph '%.80s' has no input", r->graph->name ? r->graph->name : "");
    if (!input->type || !input->type->tensor_type || !input->type->tensor_type->shape)
        import_fail(r->import, NULL, "its input '%.80s' is no tensor with a shape", input->name);
    return input;
}

/* The shape that --input says, in netc's order. */
static Shape given_shape(const OnnxReader *r)
{
    Shape shape = {0};
    for (const char *c = r->import->input; *c;) {
        char *end;
        const long long size = strtoll(c, &end, 10);
        if (end == c || size < 1 || size > INT32_MAX || shape.rank == MAX_SAMPLE_RANK || (*end && !strchr("x,", *end)))
            import_fail(r->import, "say it as 3,224,224", "--input is no shape of a sample");
        shape.dim[shape.rank++] = size;
        c = *end ? end + 1 : end;
    }
    return shape;
}

/* The Transpose that is all that reads a value, or one of several alike; NULL: others read it too. */
static const Onnx__Node *turn_of(const OnnxReader *r, const char *name, bool through_unsqueeze)
{
    const Onnx__Node *turn = NULL;
    for (int i = 0; i < r->nodes; i++) {
        const Onnx__Node *node = r->graph->node[i];
        if (!r->needed[i] || node->n_input == 0 || strcmp(node->input[0], name) != 0)
            continue;
        const Onnx__Node *found = strcmp(node->op_type, "Transpose") ? NULL : node;
        if (through_unsqueeze)
            found = strcmp(node->op_type, "Unsqueeze") ? NULL : turn_of(r, node->output[0], false);
        if (!found)
            return NULL;
        for (size_t d = 0; d < 4 && turn; d++)
            if (onnx_at_of(found, "perm", d, -1) != onnx_at_of(turn, "perm", d, -1))
                return NULL;
        turn = found;
    }
    return turn;
}

/* Images with channels last are turned first of all: netc has them as they are then. So are sequences of such, which
 * Keras makes an image of one row. */
static void find_order(OnnxReader *r, const Onnx__Shape *shape)
{
    OnnxValue *x = r->input;
    for (int i = 0; i < MAX_RANK; i++)
        x->from[i] = i;
    const bool sequence = x->shape.rank == 3;
    const Onnx__Node *turn = sequence || x->shape.rank == 4 ? turn_of(r, x->name, sequence) : NULL;
    if (sequence && turn && onnx_at_of(turn, "perm", 1, -1) == 3) {
        x->from[1] = 2;
        x->from[2] = 1;
    }
    if (sequence)
        return;
    if (!turn && shape->n_dim == 4 && shape->dim[3]->dim_value == 1 && shape->dim[1]->dim_value != 1) {
        const int last_first[] = {0, 3, 1, 2}; /* a single channel needs no Transpose: a Reshape does */
        memcpy(x->from, last_first, sizeof last_first);
        for (int i = 0; i < r->nodes; i++)
            if (r->needed[i] && r->graph->node[i]->n_input && !strcmp(r->graph->node[i]->input[0], x->name) &&
                strcmp(r->graph->node[i]->op_type, "Reshape") != 0)
                x->from[1] = 1, x->from[2] = 2, x->from[3] = 3;
    }
    bool taken[4] = {0};
    int from[4];
    for (size_t d = 0; d < 4 && turn; d++) {
        const int64_t axis = onnx_at_of(turn, "perm", d, -1);
        if (axis < 0 || axis > 3 || taken[axis] || (d == 0 && axis != 0))
            return;
        taken[axis] = true;
        from[d] = (int)axis;
    }
    for (int d = 0; d < 4 && turn; d++)
        x->from[d] = from[d];
}

/* Its shape is the file's, or what the command line says in place of that. */
static void shape_input(OnnxReader *r, const Onnx__ValueInfo *input)
{
    const Onnx__Shape *shape = input->type->tensor_type->shape;
    OnnxValue *x = r->input;
    r->input_type = input->type->tensor_type->elem_type;
    if (shape->n_dim < 2 || shape->n_dim > 4)
        import_fail(r->import, NULL, "its input '%.80s' has %zu dimensions; a sample has one to three, behind the "
                    "batch", input->name, shape->n_dim);
    if (shape->dim[0]->value_case == ONNX__SHAPE__DIM__VALUE_DIM_VALUE && shape->dim[0]->dim_value > 0)
        r->batch = shape->dim[0]->dim_value;
    x->shape = (Shape){.rank = (int)shape->n_dim, .dim = {ONNX_BATCH}};
    find_order(r, shape);
    const Shape given = r->import->input ? given_shape(r) : (Shape){0};
    if (r->import->input && given.rank != x->shape.rank - 1)
        import_fail(r->import, NULL, "--input has %d dimensions, and a sample of the file %d", given.rank,
                    x->shape.rank - 1);
    for (size_t i = 1; i < shape->n_dim; i++) {
        const Onnx__Shape__Dim *dim = shape->dim[i];
        const bool known = dim->value_case == ONNX__SHAPE__DIM__VALUE_DIM_VALUE && dim->dim_value > 0;
        const int64_t size = given.rank ? given.dim[onnx_place(x, (int64_t)i) - 1] : dim->dim_value;
        if (!known && !given.rank)
            import_fail(r->import, "say it: --input 3,224,224", "dimension %zu of its input '%.80s' is left open", i,
                        input->name);
        if (size > INT32_MAX)
            import_fail(r->import, NULL, "dimension %zu of its input '%.80s' is one that no model has", i, input->name);
        x->shape.dim[i] = size;
    }
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

/* The node of the first output of floats. */
static int find_output(const OnnxReader *r)
{
    for (size_t i = 0; i < r->graph->n_output; i++) {
        const Onnx__ValueInfo *output = r->graph->output[i];
        const Onnx__Type__TensorType *type = output->type ? output->type->tensor_type : NULL;
        if (output->name && (!type || type->elem_type == ONNX_TENSOR_FLOAT)) {
            const OnnxValue *value = onnx_find(r, output->name);
            if (value && value->maker >= 0)
                return value->maker;
        }
    }
    import_fail(r->import, NULL, "no node makes an output of floats");
}

static Onnx__Model *read_model(const Import *import, size_t *size)
{
    const unsigned char *bytes;
    const int error = nc_map_file(&reading, import->path, import->path, &bytes, size);
    if (error)
        import_fail(import, NULL, "cannot read it: %s", strerror(error));
    if (*size > INT_MAX)
        import_fail(import, NULL, "an ONNX file has at most 2 GB");
    Onnx__Model *model = onnx__model__unpack(NULL, *size, bytes);
    if (bytes)
        nc_unmap_file(bytes);
    if (!model || !model->graph)
        import_fail(import, NULL, "it is no ONNX file, or a damaged one");
    if (model->n_functions || model->graph->n_sparse_initializer || model->graph->n_node > MOST_NODES)
        import_fail(import, NULL, "it has functions of its own, sparse tensors, or more than %d nodes", MOST_NODES);
    return model; /* its tensors are what the parameters begin with */
}

static OnnxReader *reader_of(Import *import)
{
    size_t size;
    const Onnx__Model *model = read_model(import, &size);
    Arena *arena = import->arena;
    const size_t nodes = model->graph->n_node + 1;
    OnnxReader *r = arena_make(arena, OnnxReader);
    *r = (OnnxReader){.import = import, .graph = model->graph, .nodes = (int)nodes - 1,
                      .budget = (1 << 18) + (int64_t)size};
    r->made = arena_alloc(arena, nodes * sizeof(OnnxValue *));
    r->needed = arena_alloc(arena, nodes);
    r->used = arena_alloc(arena, nodes);
    r->dominator = arena_alloc(arena, nodes * sizeof *r->dominator);
    r->depth = arena_alloc(arena, nodes * sizeof *r->depth);
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (!model->opset_import[i]->domain || !*model->opset_import[i]->domain)
            r->opset = model->opset_import[i]->version;
    return r;
}

static bool takes_tokens(const OnnxReader *r)
{
    return r->input_type == ONNX_TENSOR_INT64 || r->input_type == ONNX_TENSOR_INT32;
}

static const char *order_text(Arena *arena, const OnnxValue *value)
{
    Text out = text_new(arena);
    for (int i = 1; i < value->shape.rank; i++)
        text_printf(&out, "%s%c", i > 1 ? "," : "", (value->shape.rank == 3 ? "NCL" : "NCHW")[onnx_place(value, i)]);
    return out.bytes;
}

static const char *write_text(OnnxReader *r, const ItemList *list, const OnnxValue *output)
{
    const Shape sample = onnx_sample(r->input);
    Text out = text_new(r->import->arena), blocks = text_new(r->import->arena);
    onnx_find_blocks(r, list, &blocks);
    if (!onnx_is_plain(r->input))
        text_printf(&out, "# The file's samples are %s; here they are %s.\n",
                    order_text(r->import->arena, r->input), sample.rank == 2 ? "C,L" : "C,H,W");
    if (output->shape.rank == 4 && !onnx_is_plain(output))
        text_printf(&out, "# The file's output is %s; here it is C,H,W.\n", order_text(r->import->arena, output));
    text_printf(&out, "%smodel Net(", blocks.bytes);
    for (int i = 0; i < sample.rank; i++)
        text_printf(&out, "%s%" PRId64, i ? ", " : "", sample.dim[i]);
    text_printf(&out, ") {\n%s}\n", onnx_write_items(r, list, 1));
    return out.bytes;
}

const char *import_onnx_text(Import *import, ItemList *items)
{
    OnnxReader *r = reader_of(import);
    const Onnx__ValueInfo *input = find_input(r);
    onnx_name_values(r, input->name);
    const int last = find_output(r);
    onnx_find_needed(r, last);
    shape_input(r, input);
    onnx_find_shapes(r);
    onnx_rewrite(r, last);
    const OnnxValue *output = r->made[last];
    if (output->numbers)
        onnx_refuse(r, r->graph->node[last], "it makes something of no input");
    if (output->row_of || (output->shape.rank < 4 && !onnx_is_plain(output)))
        onnx_refuse(r, r->graph->node[last], "what the model makes has its elements in another order than netc's");
    *items = onnx_layers(r, last);
    if (items->count == 0)
        onnx_refuse(r, r->graph->node[last], "the model makes nothing else of its input, and has no layer");
    const bool tokens = items->count && items->at[0]->text && !strncmp(items->at[0]->text, "Embedding", 9);
    if (tokens ? !takes_tokens(r) : r->input_type != ONNX_TENSOR_FLOAT)
        import_fail(import, NULL, "its input '%.80s' is of the type %d; there are models of float32, 1, and, where an "
                    "embedding comes first, of int64, 7, or int32, 6", input->name, r->input_type);
    return write_text(r, items, output);
}
