/* Questions about what a pickle holds. */
#include <string.h>

#include "pickle.h"

bool nc_pickle_is_text(const struct nc_pickle_value *value, const char *text)
{
    return value && (value->kind == NC_PICKLE_STRING || value->kind == NC_PICKLE_BYTES)
           && value->bytes.size == strlen(text) && memcmp(value->bytes.data, text, value->bytes.size) == 0;
}

bool nc_pickle_is_global(const struct nc_pickle_value *value, const char *module, const char *name)
{
    return value && value->kind == NC_PICKLE_GLOBAL && nc_pickle_is_text(value->items.data[0], module)
           && nc_pickle_is_text(value->items.data[1], name);
}

bool nc_pickle_is_dict(const struct nc_pickle_value *value)
{
    if (!value || value->kind != NC_PICKLE_CALL)
        return value && value->kind == NC_PICKLE_DICT;
    return nc_pickle_is_global(value->callable, "collections", "OrderedDict") && value->items.count % 2 == 0
           && value->arguments->kind == NC_PICKLE_TUPLE && value->arguments->items.count == 0;
}

struct nc_pickle_value *nc_pickle_get(const struct nc_pickle_value *dict, const char *key)
{
    if (!nc_pickle_is_dict(dict))
        return NULL;
    for (size_t i = dict->items.count; i >= 2; i -= 2) {
        if (nc_pickle_is_text(dict->items.data[i - 2], key))
            return dict->items.data[i - 1];
    }
    return NULL;
}
