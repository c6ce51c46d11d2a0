#include "state_dict.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "system/endian.h"

/* ---- Element types --------------------------------------------------------------------------------------------- */

static float float_of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float from_float32(const unsigned char *e)
{
    return float_of_bits((uint32_t)nc_little(e, 4));
}

static float from_float64(const unsigned char *e)
{
    uint64_t bits = nc_little(e, 8);
    double x;
    memcpy(&x, &bits, sizeof x);
    return (float)x;
}

static float from_bfloat16(const unsigned char *e)
{
    return float_of_bits((uint32_t)nc_little(e, 2) << 16);
}

/* IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
static float from_float16(const unsigned char *e)
{
    uint32_t bits = (uint32_t)nc_little(e, 2), sign = (bits & 0x8000) << 16;
    uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 */
        float magnitude = (float)fraction * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    if (exponent == 31)
        return float_of_bits(sign | 0x7f800000 | fraction << 13);
    return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

static float from_int64(const unsigned char *e)
{
    return (float)(int64_t)nc_little(e, 8);
}

static float from_int32(const unsigned char *e)
{
    return (float)(int32_t)nc_little(e, 4);
}

static float from_int16(const unsigned char *e)
{
    return (float)(int16_t)nc_little(e, 2);
}

static float from_int8(const unsigned char *e)
{
    return (float)(int8_t)e[0];
}

static float from_uint8(const unsigned char *e)
{
    return (float)e[0];
}

static float from_bool(const unsigned char *e)
{
    return e[0] ? 1.0f : 0.0f;
}

static const struct nc_dtype DTYPES[] = {
    {"FloatStorage", "F32", 4, from_float32}, {"DoubleStorage", "F64", 8, from_float64},
    {"HalfStorage", "F16", 2, from_float16}, {"BFloat16Storage", "BF16", 2, from_bfloat16},
    {"LongStorage", "I64", 8, from_int64}, {"IntStorage", "I32", 4, from_int32},
    {"ShortStorage", "I16", 2, from_int16}, {"CharStorage", "I8", 1, from_int8},
    {"ByteStorage", "U8", 1, from_uint8}, {"BoolStorage", "BOOL", 1, from_bool},
};

const struct nc_dtype *nc_dtype_find(const char *name)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++) {
        if (strcmp(DTYPES[i].name, name) == 0)
            return &DTYPES[i];
    }
    return NULL;
}

static const struct nc_dtype *find_dtype(const struct nc_pickle_value *class)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++) {
        if (nc_pickle_is_global(class, "torch", DTYPES[i].storage))
            return &DTYPES[i];
    }
    return NULL;
}

/* ---- Tensors --------------------------------------------------------------------------------------------------- */

static bool is_tuple(const struct nc_pickle_value *value, size_t least)
{
    return value && value->kind == NC_PICKLE_TUPLE && value->items.count >= least;
}

/* A count or an index: an integer that is not negative. */
static bool read_count(const struct nc_pickle_value *value, long long *count)
{
    if (!value || value->kind != NC_PICKLE_INTEGER || value->integer < 0)
        return false;
    *count = value->integer;
    return true;
}

bool nc_storage_read(const struct nc_pickle_value *persistent, struct nc_storage *storage)
{
    if (!persistent || persistent->kind != NC_PICKLE_PERSISTENT || !is_tuple(persistent->arguments, 5))
        return false;
    struct nc_pickle_value **id = persistent->arguments->items.data;
    storage->dtype = find_dtype(id[1]);
    storage->key = id[2];
    storage->begin = 0;
    if (!nc_pickle_is_text(id[0], "storage") || !storage->dtype || !read_count(id[4], &storage->count)
        || storage->count > LLONG_MAX / 16 || (id[2]->kind != NC_PICKLE_STRING && id[2]->kind != NC_PICKLE_BYTES))
        return false;
    const struct nc_pickle_value *view = persistent->arguments->items.count > 5 ? id[5] : NULL;
    if (!view || view->kind == NC_PICKLE_NONE)
        return true;
    long long size;
    return is_tuple(view, 3) && read_count(view->items.data[1], &storage->begin)
           && read_count(view->items.data[2], &size) && storage->begin <= storage->count
           && size <= storage->count - storage->begin;
}

/* Whether every element lies inside of the storage. Sets nothing; guards against overflow. */
static bool is_within_storage(const struct nc_tensor *t)
{
    long long last = t->offset, elements = 1;
    for (int i = 0; i < t->rank; i++) {
        if (t->shape[i] == 0)
            return true;
    }
    for (int i = 0; i < t->rank; i++) {
        long long step;
        if (__builtin_mul_overflow(t->shape[i] - 1, t->stride[i], &step) || __builtin_add_overflow(last, step, &last)
            || __builtin_mul_overflow(elements, t->shape[i], &elements))
            return false;
    }
    return elements <= LLONG_MAX / 16 && last < t->storage.count - t->storage.begin;
}

const char *nc_tensor_read(const struct nc_pickle_value *value, struct nc_tensor *tensor)
{
    *tensor = (struct nc_tensor){0};
    if (value && value->kind == NC_PICKLE_CALL && is_tuple(value->arguments, 1)
        && (nc_pickle_is_global(value->callable, "torch._utils", "_rebuild_parameter")
            || nc_pickle_is_global(value->callable, "torch.nn.parameter", "Parameter") /* of 0.4 */
            || nc_pickle_is_global(value->callable, "torch._utils", "_rebuild_parameter_with_state")))
        value = value->arguments->items.data[0];
    if (!value || value->kind != NC_PICKLE_CALL
        || (!nc_pickle_is_global(value->callable, "torch._utils", "_rebuild_tensor_v2")
            && !nc_pickle_is_global(value->callable, "torch._utils", "_rebuild_tensor"))
        || !is_tuple(value->arguments, 4))
        return "it is no dense tensor";
    struct nc_pickle_value **argument = value->arguments->items.data;
    const struct nc_pickle_value *shape = argument[2], *stride = argument[3];
    if (!nc_storage_read(argument[0], &tensor->storage))
        return "its storage is of an unknown kind";
    if (!read_count(argument[1], &tensor->offset) || !is_tuple(shape, 0) || !is_tuple(stride, 0)
        || shape->items.count != stride->items.count)
        return "its shape is damaged";
    if (shape->items.count > NC_TENSOR_RANK)
        return "it has more than 16 dimensions";
    tensor->rank = (int)shape->items.count;
    for (int i = 0; i < tensor->rank; i++) {
        if (!read_count(shape->items.data[i], &tensor->shape[i])
            || !read_count(stride->items.data[i], &tensor->stride[i]))
            return "its shape is damaged";
    }
    return is_within_storage(tensor) ? NULL : "its shape reaches beyond its storage";
}

long long nc_tensor_elements(const struct nc_tensor *tensor)
{
    long long elements = 1;
    for (int i = 0; i < tensor->rank; i++) {
        if (tensor->shape[i] == 0)
            return 0;
    }
    for (int i = 0; i < tensor->rank; i++)
        elements *= tensor->shape[i];
    return elements;
}

/* Whether the elements that begin at `first` are an array of this machine's floats. */
static bool is_array(const struct nc_tensor *tensor, const unsigned char *first)
{
    static const unsigned char one[] = {0, 0, 0x80, 0x3f};
    const float number = 1;
    long long stride = 1;
    for (int d = tensor->rank - 1; d >= 0; d--) {
        if (tensor->stride[d] != stride && tensor->shape[d] != 1)
            return false;
        stride *= tensor->shape[d];
    }
    return tensor->storage.dtype->to_float == from_float32 && memcmp(&number, one, sizeof one) == 0
           && (uintptr_t)first % _Alignof(float) == 0;
}

const float *nc_tensor_floats(const struct nc_tensor *tensor, const unsigned char *storage, float *space)
{
    const struct nc_dtype *dtype = tensor->storage.dtype;
    const unsigned char *first = storage + (tensor->storage.begin + tensor->offset) * dtype->size;
    if (is_array(tensor, first))
        return (const float *)first;
    long long index[NC_TENSOR_RANK] = {0}, elements = nc_tensor_elements(tensor);
    long long at = tensor->storage.begin + tensor->offset;
    for (long long i = 0; i < elements; i++) {
        space[i] = dtype->to_float(storage + at * dtype->size);
        for (int d = tensor->rank - 1; d >= 0; d--) { /* the next index, and where it lies */
            at += tensor->stride[d];
            if (++index[d] < tensor->shape[d])
                break;
            at -= tensor->stride[d] * tensor->shape[d];
            index[d] = 0;
        }
    }
    return space;
}

long long nc_tensor_to_integer(const struct nc_tensor *tensor, const unsigned char *storage)
{
    const struct nc_dtype *dtype = tensor->storage.dtype;
    const unsigned char *element = storage + (tensor->storage.begin + tensor->offset) * dtype->size;
    if (dtype->to_float == from_int64)
        return (long long)nc_little(element, 8);
    float number = dtype->to_float(element);
    return number > -0x1p63f && number < 0x1p63f ? (long long)number : 0;
}
