#include "system/json_tree.h"

#include <string.h>

#include "system/library.h"

#define CJSON(F) F(cJSON_ParseWithLength) F(cJSON_Delete)
NC_LIBRARY(json, CJSON, "libcjson.so.1", "libcjson1")

bool nc_json_loads(char *error, size_t capacity)
{
    return nc_library_load(&json_library, error, capacity);
}

cJSON *nc_json_parse(const char *text, size_t size)
{
    return json.cJSON_ParseWithLength(text, size);
}

void nc_json_free(cJSON *tree)
{
    if (tree != NULL)
        json.cJSON_Delete(tree);
}

bool nc_json_is(const cJSON *item, int type)
{
    return item != NULL && (item->type & 0xff) == type;
}

/* Items of an array have no names. */
const cJSON *nc_json_member(const cJSON *object, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        if (item->string != NULL && strcmp(item->string, name) == 0)
            return item;
    }
    return NULL;
}

const char *nc_json_string(const cJSON *object, const char *name)
{
    const cJSON *item = nc_json_member(object, name);
    return nc_json_is(item, cJSON_String) ? item->valuestring : NULL;
}

double nc_json_number(const cJSON *object, const char *name, double otherwise)
{
    const cJSON *item = nc_json_member(object, name);
    return nc_json_is(item, cJSON_Number) ? item->valuedouble : otherwise;
}

bool nc_json_count(const cJSON *item, long long *count)
{
    if (!nc_json_is(item, cJSON_Number) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53))
        return false;
    *count = (long long)item->valuedouble;
    return (double)*count == item->valuedouble;
}
