#include "import/onnx.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/onnx.h"
#include "internal.h"

/* Whose files are mapped: this run does no more than read them. */
static const struct nc_run reading = {.program = "netc import"};

enum { MOST_NODES = 100000, DEEPEST = 64 };

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

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* qsort has no context: names with their numbers are sorted, and the numbers kept. */
typedef struct Named {
    const char *name;
    int number;
} Named;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const Named *)a)->name, ((const Named *)b)->name);
}

static int *sort_names(Arena *arena, Named *names, int count)
{
    int *order = arena_alloc(arena, (size_t)(count + 1) * sizeof *order);
    qsort(names, (size_t)count, sizeof *names, compare_names);
    for (int i = 0; i < count; i++)
        order[i] = names[i].number;
    return order;
}

static const char *output_name(const OnnxReader *r, int number)
{
    return r->outputs[number];
}

static const char *tensor_name(const OnnxReader *r, int number)
{
    return r->graph->initializer[number]->name;
}

/* The number of a name; -1: it is not there. */
static int find(const OnnxReader *r, const int *order, int count, const char *name,
                const char *(*name_of)(const OnnxReader *r, int number))
{
    int first = 0, end = count;
    while (first < end) {
        const int middle = (first + end) / 2, way = strcmp(name_of(r, order[middle]), name);
        if (way == 0)
            return order[middle];
        if (way < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return -1;
}

int onnx_maker(const OnnxReader *r, const Onnx__Node *reader, const char *name)
{
    if (!strcmp(name, r->input))
        return -1;
    const int maker = find(r, r->by_name, r->nodes, name, output_name);
    if (maker < 0)
        onnx_refuse(r, reader, "it reads '%.80s', which is no input and no node's first output", name);
    return maker;
}

int onnx_rank(const OnnxReader *r, const char *name)
{
    const int maker = strcmp(name, r->input) ? find(r, r->by_name, r->nodes, name, output_name) : -1;
    return maker < 0 ? r->input_rank : r->rank[maker];
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

_Noreturn static void damaged(const OnnxReader *r, const Onnx__Tensor *tensor, const char *why)
{
    import_fail(r->import, NULL, "tensor '%.80s': %s", tensor->name ? tensor->name : "", why);
}

static const char *entry_of(const Onnx__Tensor *tensor, const char *key)
{
    for (size_t i = 0; i < tensor->n_external_data; i++)
        if (tensor->external_data[i]->key && !strcmp(tensor->external_data[i]->key, key))
            return tensor->external_data[i]->value;
    return NULL;
}

/* The bytes of a tensor that are in another file of the same folder, or of one in it. */
static const void *read_beside(const OnnxReader *r, const Onnx__Tensor *tensor, int64_t bytes)
{
    const char *place = entry_of(tensor, "location"), *offset = entry_of(tensor, "offset");
    const char *slash = strrchr(r->import->path, '/');
    if (!place || !*place || *place == '/' || strstr(place, ".."))
        damaged(r, tensor, "its numbers are in a file outside of the folder, which is not read");
    const char *path = arena_printf(r->import->arena, "%.*s%s", slash ? (int)(slash + 1 - r->import->path) : 0,
                                    r->import->path, place);
    const long long first = offset ? strtoll(offset, NULL, 10) : 0;
    const unsigned char *map;
    size_t size;
    const int error = nc_map_file(&reading, r->import->path, path, &map, &size);
    if (error)
        damaged(r, tensor, arena_printf(r->import->arena, "cannot read '%.200s': %s", path, strerror(error)));
    if (first < 0 || first % 4 || (uint64_t)bytes > size || (uint64_t)first > size - (uint64_t)bytes)
        damaged(r, tensor, "its numbers go beyond the end of the file that has them");
    return map + first; /* it stays mapped, as a file of parameters does */
}

static const OnnxNumbers *read_numbers(const OnnxReader *r, const Onnx__Tensor *tensor)
{
    OnnxNumbers *numbers = arena_make(r->import->arena, OnnxNumbers);
    const bool floats = tensor->data_type == ONNX_TENSOR_FLOAT;
    const int64_t size = floats ? 4 : 8;
    numbers->tensor = tensor;
    numbers->count = 1;
    if (tensor->n_dims > MAX_RANK || (!floats && tensor->data_type != ONNX_TENSOR_INT64))
        damaged(r, tensor, "numbers are float32 or int64 here, of at most five dimensions");
    for (size_t i = 0; i < tensor->n_dims; i++) {
        if (tensor->dims[i] < 0 || (tensor->dims[i] && numbers->count > INT32_MAX / tensor->dims[i]))
            damaged(r, tensor, "it has a dimension that no model has");
        numbers->shape.dim[numbers->shape.rank++] = tensor->dims[i];
        numbers->count *= tensor->dims[i];
    }
    const int64_t bytes = numbers->count * size;
    const void *data = tensor->raw_data.data;
    if (tensor->data_location == ONNX__TENSOR__LOCATION__EXTERNAL)
        data = read_beside(r, tensor, bytes);
    else if (floats && tensor->n_float_data == (size_t)numbers->count)
        data = tensor->float_data;
    else if (!floats && tensor->n_int64_data == (size_t)numbers->count)
        data = tensor->int64_data;
    else if (tensor->raw_data.len != (size_t)bytes)
        damaged(r, tensor, "it has more or fewer numbers than its dimensions say");
    numbers->floats = floats ? data : NULL;
    numbers->ints = floats ? NULL : data;
    return numbers;
}

static const Onnx__Tensor *constant_of(const Onnx__Node *node)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->t && node->attribute[i]->name && !strcmp(node->attribute[i]->name, "value"))
            return node->attribute[i]->t;
    return NULL;
}

/* Where the numbers of a name come from: an initializer, or a Constant, each as it is or through nodes that leave it
 * so. NULL: it is another value. */
static const Onnx__Tensor *source_of(const OnnxReader *r, const char *name)
{
    for (int steps = 0; steps < DEEPEST; steps++) {
        const int tensor = find(r, r->tensors_by_name, (int)r->graph->n_initializer, name, tensor_name);
        if (tensor >= 0)
            return r->graph->initializer[tensor];
        const int maker = strcmp(name, r->input) ? find(r, r->by_name, r->nodes, name, output_name) : -1;
        const Onnx__Node *node = maker < 0 ? NULL : r->graph->node[maker];
        if (!node || (strcmp(node->op_type, "Constant") != 0 && strcmp(node->op_type, "Identity") != 0))
            return NULL;
        if (node->op_type[0] == 'C' && !constant_of(node))
            onnx_refuse(r, node, "a constant is a tensor, `value`");
        if (node->op_type[0] == 'C')
            return constant_of(node);
        if (node->n_input != 1)
            return NULL;
        name = node->input[0];
    }
    return NULL;
}

const OnnxNumbers *onnx_numbers(OnnxReader *r, const char *name)
{
    const Onnx__Tensor *source = source_of(r, name);
    return source ? read_numbers(r, source) : NULL;
}

static bool is_value(const OnnxReader *r, const char *name)
{
    return *name && !source_of(r, name);
}

/* ---- The graph --------------------------------------------------------------------------------------------------- */

static int meet(const OnnxReader *r, int a, int b)
{
    while (a != b) {
        const int da = a < 0 ? 0 : r->depth[a], db = b < 0 ? 0 : r->depth[b];
        if (da >= db)
            a = r->dominator[a];
        if (db >= da && da != db)
            b = r->dominator[b];
    }
    return a;
}

/* In the order of the file, in which each node stands behind those that it reads. */
static void find_dominators(OnnxReader *r)
{
    for (int i = 0; i < r->nodes; i++) {
        const Onnx__Node *node = r->graph->node[i];
        int common = -2, in = 0;
        for (size_t k = 0; r->needed[i] && k < node->n_input; k++) {
            if (!is_value(r, node->input[k]))
                continue;
            const int maker = onnx_maker(r, node, node->input[k]);
            if (maker >= i)
                onnx_refuse(r, node, "it reads what only comes behind it: the graph goes in a circle");
            in = common == -2 ? onnx_rank(r, node->input[k]) : in;
            common = common == -2 ? maker : meet(r, common, maker);
        }
        if (r->needed[i] && common == -2)
            onnx_refuse(r, node, "it makes something of no input");
        r->dominator[i] = common;
        r->depth[i] = common < 0 ? 1 : r->depth[common] + 1;
        r->rank[i] = r->needed[i] ? onnx_rank_of(r, node, in) : 0;
    }
}

/* Marks what the output is made of. */
static void find_needed(OnnxReader *r, int last)
{
    r->needed[last] = true;
    for (int i = r->nodes - 1; i >= 0; i--) {
        const Onnx__Node *node = r->graph->node[i];
        for (size_t k = 0; r->needed[i] && k < node->n_input; k++) {
            if (!is_value(r, node->input[k]))
                continue;
            const int maker = onnx_maker(r, node, node->input[k]);
            if (maker > i)
                onnx_refuse(r, node, "it reads what only comes behind it: the graph goes in a circle");
            if (maker >= 0)
                r->needed[maker] = true;
        }
    }
}

static void reverse(ItemList *list, int first)
{
    for (int a = first, b = list->count - 1; a < b; a++, b--) {
        Item *item = list->at[a];
        list->at[a] = list->at[b];
        list->at[b] = item;
    }
}

static ItemList chain(OnnxReader *r, int from, int stop, int depth);

/* The block of a node in which values meet. */
static Item *block(OnnxReader *r, int number, int depth)
{
    const Onnx__Node *node = r->graph->node[number];
    Item *item = arena_make(r->import->arena, Item);
    const bool add = !strcmp(node->op_type, "Add") || !strcmp(node->op_type, "Sum");
    item->node = node;
    item->kind = add ? ITEM_RESIDUAL : !strcmp(node->op_type, "Mul") ? ITEM_MULTIPLY : ITEM_CONCAT;
    if (item->kind == ITEM_CONCAT && strcmp(node->op_type, "Concat") != 0)
        onnx_refuse(r, node, "no layer takes several values so");
    if (item->kind != ITEM_CONCAT && node->n_input != 2)
        onnx_refuse(r, node, "a block adds two values, or multiplies them");
    for (size_t i = 0; i < node->n_attribute && item->kind == ITEM_CONCAT; i++) {
        const int64_t axis = node->attribute[i]->i, rank = r->rank[number];
        if (!strcmp(node->attribute[i]->name, "axis") && axis != 1 && axis != 1 - rank)
            onnx_refuse(r, node, "Concat is of channels, axis 1, but here of axis %" PRId64, axis);
    }
    for (size_t i = 0; i < node->n_input; i++) {
        if (!is_value(r, node->input[i]))
            onnx_refuse(r, node, "one of what meets here is numbers of the file");
        if (item->branch_count == 64)
            onnx_refuse(r, node, "at most 64 branches meet in a block");
        const int from = onnx_maker(r, node, node->input[i]);
        item->branches[item->branch_count++] = chain(r, from, r->dominator[number], depth);
    }
    ItemList *first = &item->branches[0], *second = &item->branches[1];
    if (item->kind != ITEM_CONCAT && first->count == 0) { /* the input as it is comes second */
        const ItemList layers = *second;
        *second = *first;
        *first = layers;
    }
    if (item->kind != ITEM_CONCAT && first->count == 0)
        onnx_refuse(r, node, "it takes a value twice");
    if (item->kind == ITEM_MULTIPLY && second->count > 0)
        onnx_refuse(r, node, "Multiply is of what layers make of a value and of that value itself");
    return item;
}

/* What is made, from the output of node `stop` on, up to that of node `from`. */
static ItemList chain(OnnxReader *r, int from, int stop, int depth)
{
    ItemList list = {0};
    if (depth > DEEPEST)
        import_fail(r->import, NULL, "it has blocks within blocks, more than %d deep", DEEPEST);
    for (int at = from; at != stop; at = r->dominator[at]) {
        if (at < 0)
            import_fail(r->import, NULL, "its branches go across each other, which blocks can't say");
        const Onnx__Node *node = r->graph->node[at];
        int values = 0;
        for (size_t i = 0; i < node->n_input; i++)
            values += is_value(r, node->input[i]);
        if (r->used[at])
            onnx_refuse(r, node, "what it makes goes into branches that go across each other, which blocks can't say");
        r->used[at] = true;
        const int first = list.count;
        if (values == 1)
            onnx_add_node(r, node, &list);
        else
            vec_push(r->import->arena, list, block(r, at, depth + 1));
        reverse(&list, first);
    }
    reverse(&list, 0);
    onnx_join_items(r, &list);
    return list;
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

static void prepare_names(OnnxReader *r)
{
    Arena *arena = r->import->arena;
    const int nodes = r->nodes = (int)r->graph->n_node, tensors = (int)r->graph->n_initializer;
    Named *names = arena_alloc(arena, (size_t)(nodes + tensors + 1) * sizeof *names);
    r->outputs = arena_alloc(arena, (size_t)(nodes + 1) * sizeof *r->outputs);
    for (int i = 0; i < nodes; i++) {
        const Onnx__Node *node = r->graph->node[i];
        if (node->n_output == 0 || !node->op_type)
            import_fail(r->import, NULL, "a node has no output, or does not say what it is");
        names[i] = (Named){r->outputs[i] = node->output[0], i};
        for (size_t k = 0; k < node->n_attribute; k++)
            if (!node->attribute[k]->name)
                onnx_refuse(r, node, "an attribute has no name");
    }
    r->by_name = sort_names(arena, names, nodes);
    for (int i = 0; i < tensors; i++) {
        if (!r->graph->initializer[i]->name)
            import_fail(r->import, NULL, "a tensor has no name");
        names[i] = (Named){r->graph->initializer[i]->name, i};
    }
    r->tensors_by_name = sort_names(arena, names, tensors);
    r->needed = arena_alloc(arena, (size_t)nodes + 1);
    r->used = arena_alloc(arena, (size_t)nodes + 1);
    r->dominator = arena_alloc(arena, (size_t)(nodes + 1) * sizeof *r->dominator);
    r->depth = arena_alloc(arena, (size_t)(nodes + 1) * sizeof *r->depth);
    r->rank = arena_alloc(arena, (size_t)(nodes + 1) * sizeof *r->rank);
}

/* The one input that is no initializer, and its shape without the batch. */
static void find_input(OnnxReader *r)
{
    const Onnx__ValueInfo *input = NULL;
    for (size_t i = 0; i < r->graph->n_input; i++) {
        const char *name = r->graph->input[i]->name;
        if (name && find(r, r->tensors_by_name, (int)r->graph->n_initializer, name, tensor_name) >= 0)
            continue;
        if (!name || input)
            import_fail(r->import, NULL, "a model has one input, and this one has several");
        input = r->graph->input[i];
    }
    if (!input || !input->type || !input->type->tensor_type || !input->type->tensor_type->shape)
        import_fail(r->import, NULL, "it does not say the shape of its input");
    r->input = input->name;
    r->input_type = input->type->tensor_type->elem_type;
    const Onnx__Shape *shape = input->type->tensor_type->shape;
    r->input_rank = (int)shape->n_dim;
    if (shape->n_dim < 2 || shape->n_dim > 4)
        import_fail(r->import, NULL, "its input has %zu dimensions; a sample has one to three, behind the batch",
                    shape->n_dim);
    if (shape->dim[0]->value_case == ONNX__SHAPE__DIM__VALUE_DIM_VALUE)
        r->batch = shape->dim[0]->dim_value;
    for (size_t i = 1; i < shape->n_dim; i++) {
        const Onnx__Shape__Dim *dim = shape->dim[i];
        const bool known = dim->value_case == ONNX__SHAPE__DIM__VALUE_DIM_VALUE && dim->dim_value > 0;
        r->sample.dim[r->sample.rank++] = known ? dim->dim_value : 0;
        if (!known && !r->import->input)
            import_fail(r->import, "say it: --input 3,224,224", "dimension %zu of its input is left open", i);
    }
}

static int find_output(const OnnxReader *r)
{
    for (size_t i = 0; i < r->graph->n_output; i++) {
        const Onnx__ValueInfo *output = r->graph->output[i];
        const Onnx__Type__TensorType *type = output->type ? output->type->tensor_type : NULL;
        if (output->name && (!type || type->elem_type == ONNX_TENSOR_FLOAT)) {
            const int maker = find(r, r->by_name, r->nodes, output->name, output_name);
            if (maker >= 0)
                return maker;
        }
    }
    import_fail(r->import, NULL, "no node makes an output of floats");
}

static Onnx__Model *read_model(const Import *import)
{
    const unsigned char *bytes;
    size_t size;
    const int error = nc_map_file(&reading, import->path, import->path, &bytes, &size);
    if (error)
        import_fail(import, NULL, "cannot read it: %s", strerror(error));
    if (size > INT_MAX)
        import_fail(import, NULL, "an ONNX file has at most 2 GB");
    Onnx__Model *model = onnx__model__unpack(NULL, size, bytes);
    if (bytes)
        nc_unmap_file(bytes);
    if (!model || !model->graph)
        import_fail(import, NULL, "it is no ONNX file, or a damaged one");
    if (model->n_functions || model->graph->n_sparse_initializer || model->graph->n_node > MOST_NODES)
        import_fail(import, NULL, "it has functions of its own, sparse tensors, or more than %d nodes", MOST_NODES);
    return model; /* its tensors are what the parameters begin with */
}

const char *import_onnx_text(Import *import, ItemList *items)
{
    Onnx__Model *model = read_model(import);
    OnnxReader *r = arena_make(import->arena, OnnxReader);
    *r = (OnnxReader){.import = import, .graph = model->graph, .input = ""};
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (!model->opset_import[i]->domain || !*model->opset_import[i]->domain)
            r->opset = model->opset_import[i]->version;
    prepare_names(r);
    find_input(r);
    const int last = find_output(r);
    find_needed(r, last);
    find_dominators(r);
    const ItemList list = chain(r, last, -1, 0);
    const bool tokens = list.count && list.at[0]->text && !strncmp(list.at[0]->text, "Embedding", 9);
    if (r->input_type != (tokens ? ONNX_TENSOR_INT64 : ONNX_TENSOR_FLOAT))
        import_fail(import, NULL, "its input is of the type %d; there are models of float32, 1, and, where an "
                    "embedding comes first, of int64, 7", r->input_type);
    Text out = text_new(import->arena);
    text_add(&out, "model Net(");
    for (int i = 0; i < r->sample.rank && !import->input; i++)
        text_printf(&out, "%s%" PRId64, i ? ", " : "", r->sample.dim[i]);
    for (const char *c = import->input; c && *c; c++)
        text_printf(&out, *c == 'x' || *c == ',' ? ", " : "%c", *c);
    text_printf(&out, ") {\n%s}\n", onnx_write_items(r, &list, 1));
    *items = list;
    return out.bytes;
}
