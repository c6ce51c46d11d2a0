/* The file: ModelProto of the nodes and tensors that graph/onnx.h has collected. Nothing is copied: tensors are written
 * from where they lie. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "onnx/onnx.h"

#include "onnx.pb-c.h"
#include "system/draft.h"
#include "system/printable.h"

/* Everything that is made for one file. */
typedef struct Writer {
    Arena *arena;
    const Onnx *onnx;
    const float *const *values; /* by Parameter.index */
    const char *beside;         /* the name of the file with the parameters; NULL: they are within */
    int64_t place;              /* in it */
} Writer;

/* protobuf's own limit is 2^31 - 1 bytes. */
enum { MOST_WITHIN = 2000000000 };

#define MAKE(arena, Type, init) memcpy(arena_alloc((arena), sizeof(Type)), &(Type)init, sizeof(Type))
#define POINTERS(arena, count, Type) arena_alloc((arena), (size_t)((count) + 1) * sizeof(Type *))

/* ---- Tensors ----------------------------------------------------------------------------------------------------- */

static int64_t bytes_of(const OnnxTensor *tensor)
{
    return shape_count(tensor->shape) * (int64_t)(tensor->ints ? sizeof(int64_t) : sizeof(float));
}

static const void *elements_of(const Writer *w, const OnnxTensor *tensor)
{
    if (tensor->parameter)
        return w->values[tensor->parameter->index];
    return tensor->ints ? (const void *)tensor->ints : tensor->floats;
}

/* The elements of parameters lie at multiples of a page in the file beside, so that it can be mapped. */
static int64_t next_place(int64_t place)
{
    enum { PAGE = 4096 };
    return (place + PAGE - 1) / PAGE * PAGE;
}

static Onnx__Entry *entry(Arena *arena, const char *key, const char *value)
{
    Onnx__Entry *made = MAKE(arena, Onnx__Entry, ONNX__ENTRY__INIT);
    made->key = (char *)key;
    made->value = (char *)value;
    return made;
}

static void put_beside(Writer *w, Onnx__Tensor *to, int64_t bytes)
{
    to->has_data_location = 1;
    to->data_location = ONNX__TENSOR__LOCATION__EXTERNAL;
    to->n_external_data = 3;
    to->external_data = POINTERS(w->arena, 3, Onnx__Entry);
    to->external_data[0] = entry(w->arena, "location", w->beside);
    to->external_data[1] = entry(w->arena, "offset", arena_printf(w->arena, "%" PRId64, w->place));
    to->external_data[2] = entry(w->arena, "length", arena_printf(w->arena, "%" PRId64, bytes));
    w->place = next_place(w->place + bytes);
}

static Onnx__Tensor *write_tensor(Writer *w, const OnnxTensor *from)
{
    Onnx__Tensor *to = MAKE(w->arena, Onnx__Tensor, ONNX__TENSOR__INIT);
    to->name = (char *)from->name;
    to->has_data_type = 1;
    to->data_type = from->ints ? ONNX_TENSOR_INT64 : ONNX_TENSOR_FLOAT;
    to->n_dims = (size_t)from->shape.rank;
    to->dims = (int64_t *)from->shape.dim;
    if (w->beside && from->parameter) {
        put_beside(w, to, bytes_of(from));
    } else {
        to->has_raw_data = 1;
        to->raw_data = (ProtobufCBinaryData){(size_t)bytes_of(from), (uint8_t *)elements_of(w, from)};
    }
    return to;
}

/* ---- Nodes ------------------------------------------------------------------------------------------------------- */

static Onnx__Attribute *write_attribute(Arena *arena, const OnnxAttribute *from)
{
    Onnx__Attribute *to = MAKE(arena, Onnx__Attribute, ONNX__ATTRIBUTE__INIT);
    to->name = (char *)from->name;
    to->has_type = 1;
    to->type = (int32_t)from->kind;
    to->has_f = from->kind == ONNX_FLOAT;
    to->f = (float)from->f;
    to->has_i = from->kind == ONNX_INT;
    to->i = to->has_i ? from->ints[0] : 0;
    if (from->kind == ONNX_INTS) {
        to->n_ints = (size_t)from->count;
        to->ints = (int64_t *)from->ints;
    }
    if (from->kind == ONNX_STRING) {
        to->has_s = 1;
        to->s = (ProtobufCBinaryData){strlen(from->s), (uint8_t *)from->s};
    }
    return to;
}

static Onnx__Node *write_node(Arena *arena, const OnnxNode *from)
{
    Onnx__Node *to = MAKE(arena, Onnx__Node, ONNX__NODE__INIT);
    to->name = (char *)from->name;
    to->op_type = (char *)from->op;
    to->n_input = (size_t)from->in.count;
    to->input = (char **)from->in.at;
    to->n_output = 1;
    to->output = (char **)&from->out;
    to->n_attribute = (size_t)from->attributes.count;
    to->attribute = POINTERS(arena, from->attributes.count, Onnx__Attribute);
    for (int i = 0; i < from->attributes.count; i++)
        to->attribute[i] = write_attribute(arena, &from->attributes.at[i]);
    return to;
}

/* An input or an output of the graph: its dimensions with the batch, N, in front. */
static Onnx__ValueInfo *write_value(Arena *arena, const char *name, int type, Shape shape)
{
    Onnx__ValueInfo *info = MAKE(arena, Onnx__ValueInfo, ONNX__VALUE_INFO__INIT);
    info->name = (char *)name;
    info->type = MAKE(arena, Onnx__Type, ONNX__TYPE__INIT);
    Onnx__Type__TensorType *tensor = info->type->tensor_type =
        MAKE(arena, Onnx__Type__TensorType, ONNX__TYPE__TENSOR_TYPE__INIT);
    tensor->has_elem_type = 1;
    tensor->elem_type = type;
    tensor->shape = MAKE(arena, Onnx__Shape, ONNX__SHAPE__INIT);
    tensor->shape->n_dim = (size_t)shape.rank + 1;
    tensor->shape->dim = POINTERS(arena, shape.rank + 1, Onnx__Shape__Dim);
    for (int i = 0; i <= shape.rank; i++) {
        Onnx__Shape__Dim *dim = tensor->shape->dim[i] = MAKE(arena, Onnx__Shape__Dim, ONNX__SHAPE__DIM__INIT);
        dim->value_case = i ? ONNX__SHAPE__DIM__VALUE_DIM_VALUE : ONNX__SHAPE__DIM__VALUE_DIM_PARAM;
        if (i)
            dim->dim_value = shape.dim[i - 1];
        else
            dim->dim_param = (char *)"N";
    }
    return info;
}

static Onnx__Graph *write_graph(Writer *w, const Network *network, const Graph *graph)
{
    const Onnx *onnx = w->onnx;
    Onnx__Graph *to = MAKE(w->arena, Onnx__Graph, ONNX__GRAPH__INIT);
    const int type = graph->input->type == TYPE_I64 ? ONNX_TENSOR_INT64 : ONNX_TENSOR_FLOAT;
    to->name = (char *)network->name;
    to->n_node = (size_t)onnx->nodes.count;
    to->node = POINTERS(w->arena, onnx->nodes.count, Onnx__Node);
    for (int i = 0; i < onnx->nodes.count; i++)
        to->node[i] = write_node(w->arena, onnx->nodes.at[i]);
    to->n_initializer = (size_t)onnx->tensors.count;
    to->initializer = POINTERS(w->arena, onnx->tensors.count, Onnx__Tensor);
    for (int i = 0; i < onnx->tensors.count; i++)
        to->initializer[i] = write_tensor(w, &onnx->tensors.at[i]);
    to->n_input = to->n_output = 1;
    to->input = POINTERS(w->arena, 1, Onnx__ValueInfo);
    to->input[0] = write_value(w->arena, graph->input->identifier, type, graph->input->shape);
    to->output = POINTERS(w->arena, 1, Onnx__ValueInfo);
    to->output[0] = write_value(w->arena, "output", ONNX_TENSOR_FLOAT, graph->output->shape);
    return to;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

typedef struct Sink {
    ProtobufCBuffer base;
    FILE *file;
} Sink;

static void sink_append(ProtobufCBuffer *buffer, size_t length, const uint8_t *bytes)
{
    fwrite(bytes, 1, length, ((Sink *)buffer)->file); /* the draft asks whether that worked */
}

static void write_model(FILE *file, const void *model)
{
    Sink sink = {.base.append = sink_append, .file = file};
    protobuf_c_message_pack_to_buffer(model, &sink.base);
}

static void write_parameters(FILE *file, const void *writer)
{
    const Writer *w = writer;
    int64_t place = 0;
    for (int i = 0; i < w->onnx->tensors.count; i++) {
        const OnnxTensor *tensor = &w->onnx->tensors.at[i];
        if (!tensor->parameter)
            continue;
        fwrite(elements_of(w, tensor), 1, (size_t)bytes_of(tensor), file);
        for (place += bytes_of(tensor); place < next_place(place); place++)
            fputc(0, file);
    }
}

static bool write_file(const char *path, void (*write)(FILE *file, const void *what), const void *what)
{
    struct nc_draft draft;
    int error = nc_draft_open(&draft, path, 0);
    if (!error) {
        write(draft.file, what);
        error = nc_draft_finish(&draft, 0);
    }
    nc_draft_drop(&draft);
    if (error)
        nc_print_to(stderr, "netc export: cannot write '%s': %s\n", path, strerror(error));
    return !error;
}

static int64_t bytes_of_all(const Onnx *onnx)
{
    int64_t bytes = 0;
    for (int i = 0; i < onnx->tensors.count; i++)
        bytes += bytes_of(&onnx->tensors.at[i]);
    return bytes;
}

const Onnx *onnx_say(Arena *arena, Diag *diag, const Graph *graph)
{
    const Onnx *onnx = onnx_of_graph(arena, graph);
    if (!onnx->refused)
        return onnx;
    diag_error(diag, onnx->op->span, "%s can't be said in ONNX: %s", onnx->op->layer, onnx->refused);
    return NULL;
}

bool onnx_export(Arena *arena, const OnnxModel *from, const char *path, bool external)
{
    const char *slash = strrchr(path, '/');
    Writer w = {.arena = arena, .onnx = from->onnx, .values = from->values};
    if (external || bytes_of_all(from->onnx) > MOST_WITHIN)
        w.beside = arena_printf(arena, "%s.data", slash ? slash + 1 : path);
    Onnx__OperatorSet *opset = MAKE(arena, Onnx__OperatorSet, ONNX__OPERATOR_SET__INIT);
    opset->domain = (char *)"";
    opset->has_version = 1;
    opset->version = ONNX_OPSET;
    Onnx__Model model = ONNX__MODEL__INIT;
    model.has_ir_version = 1;
    model.ir_version = ONNX_IR_VERSION;
    model.producer_name = (char *)"netc";
    model.producer_version = (char *)NETC_VERSION;
    model.n_opset_import = 1;
    model.opset_import = &opset;
    model.graph = write_graph(&w, from->network, from->graph);
    return (!w.beside || write_file(arena_printf(arena, "%s.data", path), write_parameters, &w)) &&
           write_file(path, write_model, &model);
}
