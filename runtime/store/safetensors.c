/* safetensors, as huggingface/safetensors describes and reads it: eight bytes with the length of the header; then
 * the header, a JSON object with a type, a shape and two offsets for each tensor; then the elements, without holes. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/base64.h"
#include "system/endian.h"
#include "system/json_tree.h"
#include "tensors.h"

enum { PREFIX = 8, MOST_HEADER = 100000000 };

_Noreturn static void fail(const struct nc_tensors *w, const char *what)
{
    nc_fail(w->run, NULL, "cannot load %s: it is no whole safetensors file: %s", w->path, what);
}

bool nc_is_safetensors(const char *path)
{
    return nc_ends_with(path, ".safetensors");
}

bool nc_safetensors_begins(const unsigned char *bytes, size_t size)
{
    return size > PREFIX && bytes[PREFIX] == '{' && nc_little(bytes, PREFIX) <= MOST_HEADER;
}

/* The header, to be deleted. */
static cJSON *read_header(const struct nc_tensors *w)
{
    char error[256];
    if (!nc_safetensors_begins(w->map, w->map_size))
        fail(w, "it has no header");
    if (nc_little(w->map, PREFIX) > w->map_size - PREFIX)
        fail(w, "it ends within its header");
    if (!nc_json_loads(error, sizeof error))
        nc_fail(w->run, NULL, "cannot load %s: %s", w->path, error);
    cJSON *header = nc_json_parse((const char *)w->map + PREFIX, (size_t)nc_little(w->map, PREFIX));
    if (!nc_json_is(header, cJSON_Object))
        fail(w, "its header is no JSON object");
    return header;
}

/* What is wrong with the description of a tensor; NULL: nothing. Its elements stand from *begin to *end. */
static const char *read_tensor(const cJSON *item, struct nc_tensor *t, long long *begin, long long *end)
{
    const cJSON *shape = nc_json_member(item, "shape"), *offsets = nc_json_member(item, "data_offsets"), *extent;
    const char *type = nc_json_string(item, "dtype");
    long long elements = 1;
    *t = (struct nc_tensor){0};
    if (!nc_json_is(item, cJSON_Object) || type == NULL || !nc_json_is(shape, cJSON_Array) ||
        !nc_json_is(offsets, cJSON_Array))
        return "a tensor has no dtype, shape or data_offsets";
    if (!nc_json_count(offsets->child, begin) || !nc_json_count(offsets->child->next, end)
        || offsets->child->next->next != NULL || *begin > *end)
        return "the data_offsets of a tensor are no two numbers";
    cJSON_ArrayForEach(extent, shape) {
        if (t->rank == NC_TENSOR_RANK || !nc_json_count(extent, &t->shape[t->rank])
            || __builtin_mul_overflow(elements, t->shape[t->rank], &elements))
            return "the shape of a tensor is none";
        t->rank++;
    }
    long long stride = 1;
    for (int d = t->rank - 1; d >= 0; d--) {
        t->stride[d] = stride;
        stride *= t->shape[d] > 0 ? t->shape[d] : 1;
    }
    t->storage.dtype = nc_dtype_find(type);
    t->storage.count = elements;
    if (t->storage.dtype == NULL) /* then nothing is known of its size */
        return NULL;
    if (elements > (LLONG_MAX >> 4) || *end - *begin != elements * t->storage.dtype->size)
        return "the elements of a tensor are more or less than its shape says";
    return NULL;
}

struct stretch {
    long long begin, end;
};

static int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return x->begin != y->begin ? (x->begin > y->begin) - (x->begin < y->begin) : (x->end > y->end) - (x->end < y->end);
}

/* Whether the tensors stand one behind the other, from the first byte to the last. */
static void check_cover(const struct nc_tensors *w, struct stretch *stretches, int count, long long bytes)
{
    long long at = 0;
    qsort(stretches, (size_t)count, sizeof *stretches, by_begin);
    for (int i = 0; i < count; i++) {
        if (stretches[i].begin != at)
            fail(w, stretches[i].begin > at ? "there is a hole between two tensors" : "two tensors overlap");
        at = stretches[i].end;
    }
    if (at != bytes)
        fail(w, at > bytes ? "it was cut short" : "there is something behind the last tensor");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_names(const struct nc_tensors *w)
{
    char **names = nc_memory(w->run, w->count + 1, sizeof *names, "a checkpoint");
    for (int i = 0; i < w->count; i++)
        names[i] = w->at[i].name;
    qsort(names, (size_t)w->count, sizeof *names, by_name);
    for (int i = 1; i < w->count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            fail(w, "two tensors have one name");
    free(names);
}

void nc_safetensors_list(struct nc_tensors *w)
{
    cJSON *header = read_header(w);
    const cJSON *item;
    long long begin = (long long)nc_little(w->map, PREFIX) + PREFIX, bytes = (long long)w->map_size - begin;
    int count = 0;
    cJSON_ArrayForEach(item, header)
        count++;
    struct stretch *stretches = nc_memory(w->run, count + 1, sizeof *stretches, "a checkpoint");
    count = 0;
    cJSON_ArrayForEach(item, header) {
        if (strcmp(item->string, "__metadata__") == 0)
            continue;
        struct nc_named *named = nc_tensors_add(w, "", item->string, strlen(item->string));
        struct stretch *stretch = &stretches[count++];
        const char *wrong = read_tensor(item, &named->tensor, &stretch->begin, &stretch->end);
        if (wrong != NULL)
            fail(w, wrong);
        if (named->tensor.storage.dtype == NULL)
            named->wrong = "its type is none that netc knows";
        named->bytes = w->map + begin + (stretch->begin <= bytes ? stretch->begin : 0);
    }
    check_cover(w, stretches, count, bytes);
    check_names(w);
    free(stretches);
    nc_json_free(header);
}

/* ---- netc's records, in base64 (RFC 4648) among the metadata ----------------------------------------------------- */

/* The bytes that a text stands for, in memory that the caller frees; NULL: it is no base64. */
static unsigned char *decode(const struct nc_run *run, const char *text, size_t length, long long *bytes)
{
    unsigned char *to = nc_memory(run, (long long)(length / 4 * 3) + 1, 1, "a record");
    *bytes = nc_take_base64(text, length, to);
    if (*bytes >= 0)
        return to;
    free(to);
    return NULL;
}

void *nc_safetensors_record(struct nc_tensors *w, const char *name, long long *bytes)
{
    cJSON *header = read_header(w);
    const char *text = nc_json_string(nc_json_member(header, "__metadata__"), name);
    void *record = text != NULL ? decode(w->run, text, strlen(text), bytes) : NULL;
    nc_json_free(header);
    return record;
}

void nc_safetensors_first_record(const struct nc_run *run, const unsigned char *file, size_t size, const char *name,
                                 unsigned char *to, size_t bytes)
{
    char before[128];
    const size_t length = (size_t)snprintf(before, sizeof before, NC_SAFETENSORS_BEGINNING ",\"%s\":\"", name);
    const char *text = (const char *)file + PREFIX + length;
    long long found = 0;
    memset(to, 0, bytes);
    if (size < PREFIX + length || memcmp(file + PREFIX, before, length) != 0)
        return;
    const char *end = memchr(text, '"', size - PREFIX - length);
    unsigned char *record = end != NULL ? decode(run, text, (size_t)(end - text), &found) : NULL;
    if (record != NULL && found == (long long)bytes)
        memcpy(to, record, bytes);
    free(record);
}
