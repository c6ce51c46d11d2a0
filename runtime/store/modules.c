/* Whole models, as torch.save(model) pickles them: objects with the attributes of torch.nn.Module, whatever their
 * classes, read as data. */
#include <stdio.h>
#include <string.h>

#include "tensors.h"

enum { DEEPEST = 100, PATH_ROOM = 2048, MOST_MODULES = 1 << 20 };

/* A state of two parts has those of __slots__ behind the dict. */
const struct nc_pickle_value *nc_module_attributes(const struct nc_pickle_value *value)
{
    const struct nc_pickle_value *state = value != NULL && value->kind == NC_PICKLE_CALL ? value->state : NULL;
    if (state != NULL && state->kind == NC_PICKLE_TUPLE && state->items.count == 2)
        state = state->items.data[0];
    return state != NULL && nc_pickle_is_dict(state) ? state : NULL;
}

const struct nc_pickle_value *nc_module_part(const struct nc_pickle_value *module, const char *name)
{
    const struct nc_pickle_value *dict = nc_module_attributes(module);
    const struct nc_pickle_value *found = dict != NULL ? nc_pickle_get(dict, name) : NULL;
    return nc_pickle_is_dict(found) ? found : NULL;
}

bool nc_is_module(const struct nc_pickle_value *value)
{
    return nc_module_part(value, "_parameters") != NULL && nc_module_part(value, "_modules") != NULL;
}

const char *nc_module_class(const struct nc_pickle_value *module)
{
    const char *name = nc_called_name(module);
    return name != NULL ? name : "of an unknown class";
}

const char *nc_called_name(const struct nc_pickle_value *value)
{
    static char text[600];
    const struct nc_pickle_value *class = value != NULL && value->kind == NC_PICKLE_CALL ? value->callable : value;
    if (class == NULL || class->kind != NC_PICKLE_GLOBAL)
        return NULL;
    const struct nc_pickle_value *where = class->items.data[0], *name = class->items.data[1];
    snprintf(text, sizeof text, "%.*s.%.*s", (int)(where->bytes.size < 300 ? where->bytes.size : 300),
             (const char *)where->bytes.data, (int)(name->bytes.size < 200 ? name->bytes.size : 200),
             (const char *)name->bytes.data);
    return text;
}

/* Whether the set of a module's attributes, as pickles of all protocols spell it, has the text `key`. */
static bool in_set(const struct nc_pickle_value *set, const struct nc_pickle_value *key)
{
    if (set != NULL && set->kind == NC_PICKLE_CALL && set->arguments->kind == NC_PICKLE_TUPLE
        && set->arguments->items.count == 1)
        set = set->arguments->items.data[0];
    if (set == NULL || (set->kind != NC_PICKLE_SET && set->kind != NC_PICKLE_LIST))
        return false;
    for (size_t i = 0; i < set->items.count; i++) {
        const struct nc_pickle_value *item = set->items.data[i];
        if ((item->kind == NC_PICKLE_STRING || item->kind == NC_PICKLE_BYTES) && item->bytes.size == key->bytes.size
            && memcmp(item->bytes.data, key->bytes.data, key->bytes.size) == 0)
            return true;
    }
    return false;
}

_Noreturn static void fail(const struct nc_tensors *w, const char *path, const char *what)
{
    nc_fail(w->run, NULL, "cannot load %s: its model is damaged: %s at \"%s\"", w->path, what, path);
}

_Noreturn static void fail_child(const struct nc_tensors *w, const char *path, const struct nc_pickle_value *key,
                                 const struct nc_pickle_value *child)
{
    const char *called = nc_called_name(child);
    nc_fail(w->run, NULL, "cannot load %s: %s%.*s is no module%s%s%s", w->path, path, (int)key->bytes.size,
            (const char *)key->bytes.data, called != NULL ? ", but what " : "", called != NULL ? called : "",
            called != NULL ? " would make: netc calls nothing that a file names" : "");
}

/* Whether `key` can be a part of a path. */
static void check_key(const struct nc_tensors *w, const char *path, const struct nc_pickle_value *key)
{
    if ((key->kind != NC_PICKLE_STRING && key->kind != NC_PICKLE_BYTES)
        || memchr(key->bytes.data, '\0', key->bytes.size) != NULL)
        fail(w, path, "a name that is no text");
}

/* The tensors of one dict of a module. */
static void list_tensors(struct nc_tensors *w, const struct nc_pickle_value *dict, const char *path,
                         const struct nc_pickle_value *without)
{
    for (size_t i = 0; dict != NULL && i + 1 < dict->items.count; i += 2) {
        const struct nc_pickle_value *key = dict->items.data[i], *value = dict->items.data[i + 1];
        check_key(w, path, key);
        if (value->kind == NC_PICKLE_NONE || in_set(without, key)) /* bias=None; a buffer that state_dict leaves out */
            continue;
        struct nc_named *named = nc_tensors_add(w, path, key->bytes.data, key->bytes.size);
        nc_tensors_read(w, named, value);
    }
}

/* A module and what it holds; its path ends in a dot. */
static void list_module(struct nc_tensors *w, const struct nc_pickle_value *module, char path[PATH_ROOM], int depth,
                        int *modules)
{
    size_t length = strlen(path);
    if (depth == DEEPEST || ++*modules > MOST_MODULES)
        fail(w, path, depth == DEEPEST ? "too many levels" : "too many modules");
    list_tensors(w, nc_module_part(module, "_parameters"), path, NULL);
    list_tensors(w, nc_module_part(module, "_buffers"), path,
                 nc_pickle_get(nc_module_attributes(module), "_non_persistent_buffers_set"));
    const struct nc_pickle_value *children = nc_module_part(module, "_modules");
    for (size_t i = 0; i + 1 < children->items.count; i += 2) {
        const struct nc_pickle_value *key = children->items.data[i], *child = children->items.data[i + 1];
        check_key(w, path, key);
        if (child->kind == NC_PICKLE_NONE)
            continue;
        if (!nc_is_module(child))
            fail_child(w, path, key, child);
        if (snprintf(path + length, PATH_ROOM - length, "%.*s.", (int)(key->bytes.size < 300 ? key->bytes.size : 300),
                     (const char *)key->bytes.data) >= (int)(PATH_ROOM - length))
            fail(w, path, "a path that is too long");
        list_module(w, child, path, depth + 1, modules);
        path[length] = '\0';
    }
}

void nc_modules_list(struct nc_tensors *w, const struct nc_pickle_value *module)
{
    char path[PATH_ROOM] = "";
    int modules = 0;
    list_module(w, module, path, 0, &modules);
}
