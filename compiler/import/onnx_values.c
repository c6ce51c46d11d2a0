/* What the names of an ONNX file stand for, the numbers that it holds, and what nodes say of themselves. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "graph/onnx.h"
#include "import/onnx.h"
#include "internal.h"

/* Whose files are mapped: this run does no more than read them. */
static const struct nc_run reading = {.program = "netc import"};

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static int compare_values(const void *a, const void *b)
{
    return strcmp(((const OnnxValue *)a)->name, ((const OnnxValue *)b)->name);
}

static void check_node(const OnnxReader *r, const Onnx__Node *node)
{
    if (node->n_output == 0 || !node->op_type)
        import_fail(r->import, NULL, "a node has no output, or does not say what it is");
    for (size_t k = 0; k < node->n_attribute; k++)
        if (!node->attribute[k]->name)
            onnx_refuse(r, node, "an attribute has no name");
}

void onnx_name_values(OnnxReader *r, const char *input)
{
    const size_t tensors = r->graph->n_initializer;
    OnnxValue *values = r->values = arena_alloc(r->import->arena, (tensors + (size_t)r->nodes + 1) * sizeof *values);
    int count = 0;
    for (size_t i = 0; i < tensors; i++) {
        const Onnx__Tensor *tensor = r->graph->initializer[i];
        if (!tensor->name)
            import_fail(r->import, NULL, "a tensor has no name");
        values[count++] = (OnnxValue){.name = tensor->name, .maker = -1, .tensor = tensor};
    }
    values[count++] = (OnnxValue){.name = input, .maker = -1};
    for (int i = 0; i < r->nodes; i++) {
        check_node(r, r->graph->node[i]);
        values[count++] = (OnnxValue){.name = r->graph->node[i]->output[0], .maker = i};
    }
    r->value_count = count;
    qsort(values, (size_t)count, sizeof *values, compare_values);
    for (int i = 0; i < count; i++) {
        if (i > 0 && *values[i].name && !strcmp(values[i].name, values[i - 1].name))
            import_fail(r->import, NULL, "two of its values are called '%.80s'", values[i].name);
        if (values[i].maker >= 0)
            r->made[values[i].maker] = &values[i];
    }
    r->input = onnx_find(r, input);
}

OnnxValue *onnx_find(const OnnxReader *r, const char *name)
{
    const OnnxValue wanted = {.name = name};
    return bsearch(&wanted, r->values, (size_t)r->value_count, sizeof *r->values, compare_values);
}

OnnxValue *onnx_input(const OnnxReader *r, const Onnx__Node *node, size_t i)
{
    if (i >= node->n_input || !*node->input[i])
        return NULL;
    OnnxValue *found = onnx_find(r, node->input[i]);
    if (!found)
        onnx_refuse(r, node, "it reads '%.80s', which is no input and no node's first output", node->input[i]);
    if (found->tensor && !found->numbers)
        found->numbers = onnx_read_numbers(r, found->tensor);
    return found;
}

void onnx_find_needed(OnnxReader *r, int last)
{
    memset(r->needed, 0, (size_t)r->nodes * sizeof *r->needed);
    r->needed[last] = true;
    for (int i = last; i >= 0; i--) {
        const Onnx__Node *node = r->graph->node[i];
        for (size_t k = 0; r->needed[i] && k < node->n_input; k++) {
            const OnnxValue *value = onnx_input(r, node, k);
            if (!value || value->numbers || value->maker < 0)
                continue;
            if (value->maker >= i)
                onnx_refuse(r, node, "it reads what only comes behind it: the graph goes in a circle");
            r->needed[value->maker] = true;
        }
    }
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

/* Whole numbers of another type, as those of 64 bits. */
static const int64_t *widen(const OnnxReader *r, const Onnx__Tensor *tensor, int64_t count)
{
    const bool small = tensor->data_type == ONNX_TENSOR_BOOL;
    int64_t *wide = arena_alloc(r->import->arena, (size_t)(count + 1) * sizeof *wide);
    if (tensor->n_int32_data != (size_t)count && tensor->raw_data.len != (size_t)count * (small ? 1 : 4))
        damaged(r, tensor, "it has more or fewer numbers than its dimensions say");
    for (int64_t i = 0; i < count; i++) {
        int32_t value = small ? 0 : i < (int64_t)tensor->n_int32_data ? tensor->int32_data[i] : 0;
        if (tensor->n_int32_data == (size_t)count)
            value = tensor->int32_data[i];
        else if (small)
            value = tensor->raw_data.data[i] != 0;
        else
            memcpy(&value, tensor->raw_data.data + 4 * i, 4);
        wide[i] = value;
    }
    return wide;
}

const OnnxNumbers *onnx_read_numbers(const OnnxReader *r, const Onnx__Tensor *tensor)
{
    OnnxNumbers *numbers = arena_make(r->import->arena, OnnxNumbers);
    const bool floats = tensor->data_type == ONNX_TENSOR_FLOAT, longs = tensor->data_type == ONNX_TENSOR_INT64;
    const bool beside = tensor->data_location == ONNX__TENSOR__LOCATION__EXTERNAL;
    const bool others = tensor->data_type == ONNX_TENSOR_INT32 || tensor->data_type == ONNX_TENSOR_BOOL;
    numbers->count = 1;
    if (tensor->n_dims > MAX_RANK || (!floats && !longs && (!others || beside)))
        damaged(r, tensor, "numbers are float32, int64 or, in the file itself, int32, of at most five dimensions");
    for (size_t i = 0; i < tensor->n_dims; i++) {
        if (tensor->dims[i] < 0 || (tensor->dims[i] && numbers->count > INT32_MAX / tensor->dims[i]))
            damaged(r, tensor, "it has a dimension that no model has");
        numbers->shape.dim[numbers->shape.rank++] = tensor->dims[i];
        numbers->count *= tensor->dims[i];
    }
    const int64_t bytes = numbers->count * (floats ? 4 : 8);
    const void *data = tensor->raw_data.data;
    if (beside)
        data = read_beside(r, tensor, bytes);
    else if (others)
        data = widen(r, tensor, numbers->count);
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

OnnxNumbers *onnx_new_numbers(OnnxReader *r, const Onnx__Node *node, Shape shape, bool floats)
{
    OnnxNumbers *numbers = arena_make(r->import->arena, OnnxNumbers);
    numbers->shape = shape;
    numbers->count = 1;
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dim[i] < 0 || (shape.dim[i] && numbers->count > r->budget / shape.dim[i]))
            onnx_refuse(r, node, "it makes more numbers of others than the file has");
        numbers->count *= shape.dim[i];
    }
    r->budget -= numbers->count + 1;
    if (r->budget < 0)
        onnx_refuse(r, node, "it makes more numbers of others than the file has");
    void *data = arena_alloc(r->import->arena, (size_t)(numbers->count + 1) * (floats ? 4 : 8));
    numbers->floats = floats ? data : NULL;
    numbers->ints = floats ? NULL : data;
    return numbers;
}

/* ---- Attributes and operands ------------------------------------------------------------------------------------- */

const Onnx__Attribute *onnx_attribute(const Onnx__Node *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (!strcmp(node->attribute[i]->name, name))
            return node->attribute[i];
    return NULL;
}

int64_t onnx_int_of(const Onnx__Node *node, const char *name, int64_t otherwise)
{
    const Onnx__Attribute *found = onnx_attribute(node, name);
    return found ? found->i : otherwise;
}

double onnx_float_of(const Onnx__Node *node, const char *name, double otherwise)
{
    const Onnx__Attribute *found = onnx_attribute(node, name);
    return found ? (double)found->f : otherwise;
}

bool onnx_is_string(const Onnx__Node *node, const char *name, const char *value)
{
    const Onnx__Attribute *found = onnx_attribute(node, name);
    return found && found->s.len == strlen(value) && !memcmp(found->s.data, value, found->s.len);
}

int64_t onnx_at_of(const Onnx__Node *node, const char *name, size_t i, int64_t otherwise)
{
    const Onnx__Attribute *found = onnx_attribute(node, name);
    return found && i < found->n_ints ? found->ints[i] : otherwise;
}

const OnnxNumbers *onnx_operand(const OnnxReader *r, const Onnx__Node *node, size_t i, bool optional)
{
    const OnnxValue *value = onnx_input(r, node, i);
    if (value ? !value->numbers : !optional)
        onnx_refuse(r, node, "its input %zu is no numbers of the file", i);
    return value ? value->numbers : NULL;
}

const OnnxNumbers *onnx_floats_of(const OnnxReader *r, const Onnx__Node *node, size_t i, bool optional)
{
    const OnnxNumbers *found = onnx_operand(r, node, i, optional);
    if (found && !found->floats)
        onnx_refuse(r, node, "its input %zu is not of floats", i);
    return found;
}

const int64_t *onnx_ints_of(const OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, int64_t *count)
{
    const Onnx__Attribute *found = onnx_attribute(node, name);
    const OnnxNumbers *numbers = found ? NULL : onnx_operand(r, node, i, true);
    if (numbers && !numbers->ints)
        onnx_refuse(r, node, "its input %zu is not of whole numbers", i);
    *count = found ? (int64_t)found->n_ints : numbers ? numbers->count : 0;
    return found ? found->ints : numbers ? numbers->ints : NULL;
}

int onnx_axis(const OnnxReader *r, const Onnx__Node *node, int64_t axis, int rank)
{
    if (axis < -rank || axis >= rank)
        onnx_refuse(r, node, "there is no axis %" PRId64 " in %d dimensions", axis, rank);
    return (int)(axis < 0 ? axis + rank : axis);
}

int64_t onnx_next_place(const Shape *shape, const int64_t *step, int64_t *index, int64_t place)
{
    for (int d = shape->rank - 1; d >= 0; d--) {
        place += step[d];
        if (++index[d] < shape->dim[d])
            break;
        place -= step[d] * shape->dim[d];
        index[d] = 0;
    }
    return place;
}

double onnx_scalar(const OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, double otherwise)
{
    if (onnx_attribute(node, name))
        return onnx_float_of(node, name, otherwise);
    const OnnxNumbers *found = onnx_floats_of(r, node, i, true);
    if (found && found->count != 1)
        onnx_refuse(r, node, "its input %zu is a single number", i);
    return found ? (double)found->floats[0] : otherwise;
}
