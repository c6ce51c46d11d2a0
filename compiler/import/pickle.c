/* A whole model, as torch.save(model, path) writes it: objects with the attributes of torch.nn.Module, read as data. */
#include <inttypes.h>
#include <string.h>

#include "base/vec.h"
#include "import/import.h"
#include "store/tensors.h"

enum { DEEPEST = 100, MOST_MODULES = 10000 };

typedef struct Reader {
    Import *import;
    int modules;
    VEC(const struct nc_pickle_value *) shared; /* those with parameters, each once */
} Reader;

static const char *text_of(Arena *arena, const struct nc_pickle_value *value)
{
    return arena_copy(arena, (const char *)value->bytes.data, value->bytes.size);
}

static bool is_string(const struct nc_pickle_value *value)
{
    return value->kind == NC_PICKLE_STRING || value->kind == NC_PICKLE_BYTES;
}

/* ---- Arguments --------------------------------------------------------------------------------------------------- */

static bool add_value(Text *out, const struct nc_pickle_value *value, int depth);

static bool add_items(Text *out, const struct nc_pickle_value *value, int depth)
{
    text_add(out, "(");
    for (size_t i = 0; i < value->items.count; i++) {
        text_add(out, i ? ", " : "");
        if (!add_value(out, value->items.data[i], depth + 1))
            return false;
    }
    text_add(out, value->items.count == 1 ? ",)" : ")");
    return true;
}

/* A value that an argument may have. False: it is nothing that stands in a .net file. */
static bool add_value(Text *out, const struct nc_pickle_value *value, int depth)
{
    switch (value->kind) {
    case NC_PICKLE_NONE: text_add(out, "None"); return true;
    case NC_PICKLE_BOOL: text_add(out, value->integer ? "True" : "False"); return true;
    case NC_PICKLE_INTEGER: text_printf(out, "%lld", value->integer); return true;
    case NC_PICKLE_FLOAT: text_add(out, torch_number(out->arena, value->real)); return true;
    case NC_PICKLE_STRING:
        for (size_t i = 0; i < value->bytes.size; i++)
            if (!strchr("abcdefghijklmnopqrstuvwxyz-_", value->bytes.data[i]) || !value->bytes.data[i])
                return false;
        text_printf(out, "\"%s\"", text_of(out->arena, value));
        return true;
    case NC_PICKLE_TUPLE:
    case NC_PICKLE_LIST: return depth < 4 && add_items(out, value, depth);
    case NC_PICKLE_CALL: /* torch.Size((64,)) */
        return depth < 4 && nc_pickle_is_global(value->callable, "torch", "Size")
               && value->arguments->kind == NC_PICKLE_TUPLE && value->arguments->items.count == 1
               && add_value(out, value->arguments->items.data[0], depth + 1);
    default: return false;
    }
}

static bool is_there(const struct nc_pickle_value *dict, const char *name)
{
    const struct nc_pickle_value *value = nc_pickle_get(dict, name);
    return value && value->kind != NC_PICKLE_NONE;
}

/* Without a bias, whose place among the parameters is empty; where there is no weight either, another argument says
 * so. */
static bool lacks_bias(const struct nc_pickle_value *parameters)
{
    return nc_pickle_get(parameters, "bias") && !is_there(parameters, "bias") && is_there(parameters, "weight");
}

static void add_arguments(Reader *r, const struct nc_pickle_value *module, const LayerKind *kind, const char *path)
{
    Text *out = &r->import->draft;
    const char *comma = "";
    text_add(out, "(");
    for (const Param *param = kind->params; param->name; param++) {
        const struct nc_pickle_value *value = nc_pickle_get(nc_module_attributes(module), param->name);
        bool bias = strcmp(param->name, "bias") == 0;
        if (bias ? !lacks_bias(nc_module_part(module, "_parameters")) : !value || param->name[0] == '_')
            continue;
        text_printf(out, "%s%s=", comma, param->name);
        comma = ", ";
        if (bias)
            text_add(out, "False");
        else if (!add_value(out, value, 0))
            import_fail(r->import, NULL, "%s of %s, a %s, is nothing that a .net file can say", param->name, path,
                        kind->name);
    }
    text_add(out, ")");
}

/* ---- Modules ----------------------------------------------------------------------------------------------------- */

static const LayerKind *find_kind(const char *class)
{
    for (int i = 0; vocabulary_layers[i]; i++) {
        const char *module = vocabulary_layers[i]->torch.module;
        size_t length = module ? strlen(module) : 0;
        if (module && strncmp(class, module, length) == 0 && class[length] == '.'
            && strcmp(class + length + 1, vocabulary_layers[i]->name) == 0)
            return vocabulary_layers[i];
    }
    return NULL;
}

/* Functions that run before forward may change what a layer is: weight_norm and the like. */
static void check_hooks(Reader *r, const struct nc_pickle_value *module, const char *path)
{
    static const char *const hooks[] = {"_forward_pre_hooks", "_forward_hooks"};
    for (int i = 0; i < 2; i++) {
        const struct nc_pickle_value *dict = nc_module_part(module, hooks[i]);
        if (dict && dict->items.count > 0)
            import_fail(r->import, "remove them before torch.save, as remove_weight_norm(layer) does",
                        "%s has functions of its own in %s, which are no part of the file", path, hooks[i]);
    }
}

/* A module that stands in two places has its parameters once. */
static void check_shared(Reader *r, const struct nc_pickle_value *module, const char *path)
{
    const struct nc_pickle_value *parameters = nc_module_part(module, "_parameters");
    if (!parameters || parameters->items.count == 0)
        return;
    for (int i = 0; i < r->shared.count; i++)
        if (r->shared.at[i] == module)
            import_fail(r->import, NULL, "%s stands in the model twice: layers that share parameters are not supported",
                        path);
    vec_push(r->import->arena, r->shared, module);
}

static void add_module(Reader *r, const struct nc_pickle_value *module, const char *path, int depth);

static void add_children(Reader *r, const struct nc_pickle_value *module, const char *path, int depth)
{
    Arena *arena = r->import->arena;
    const struct nc_pickle_value *children = nc_module_part(module, "_modules");
    int place = 0;
    for (size_t i = 0; i + 1 < children->items.count; i += 2) {
        const struct nc_pickle_value *key = children->items.data[i], *child = children->items.data[i + 1];
        if (!is_string(key))
            import_fail(r->import, NULL, "a child of %s has no name", *path ? path : "the model");
        const char *name = text_of(arena, key);
        if (child->kind == NC_PICKLE_NONE)
            continue;
        import_child(r->import, depth, name, strlen(name), place++);
        add_module(r, child, arena_printf(arena, "%s%s%s", path, *path ? "." : "", name), depth);
        text_add(&r->import->draft, "\n");
    }
}

static void add_module(Reader *r, const struct nc_pickle_value *module, const char *path, int depth)
{
    Arena *arena = r->import->arena;
    if (!nc_is_module(module) && nc_called_name(module))
        import_fail(r->import, NULL, "%s is no module, but what %s would make: netc calls nothing that a file names",
                    path, nc_called_name(module));
    if (!nc_is_module(module))
        import_fail(r->import, NULL, "%s is no module", path);
    if (depth > DEEPEST || ++r->modules > MOST_MODULES)
        import_fail(r->import, NULL, "it has more than %d %s", depth > DEEPEST ? DEEPEST : MOST_MODULES,
                    depth > DEEPEST ? "levels" : "modules");
    const char *class = nc_module_class(module), *dot = strrchr(class, '.');
    class = arena_copy(arena, class, strlen(class));
    dot = strrchr(class, '.');
    const char *name = dot ? dot + 1 : class;
    for (const char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *c))
            import_fail(r->import, NULL, "the class of %s has no name that a .net file can have", path);
    check_hooks(r, module, path);
    check_shared(r, module, path);
    const LayerKind *kind = find_kind(class);
    text_add(&r->import->draft, name);
    if (kind) {
        add_arguments(r, module, kind, path);
    } else if (nc_module_part(module, "_modules")->items.count == 0 && strncmp(class, "torch.nn.", 9) == 0
               && !import_is_sequence(name)) {
        text_add(&r->import->draft, "()"); /* a layer that is not supported: binding tells */
    } else {
        text_add(&r->import->draft, " {\n");
        add_children(r, module, path, depth + 1);
        text_pad(&r->import->draft, ' ', 4 * depth);
        text_add(&r->import->draft, "}");
    }
}

/* The model: what was saved, or a value of the dict that was. */
static const struct nc_pickle_value *find_model(const struct nc_pickle_value *root)
{
    if (nc_is_module(root) || !nc_pickle_is_dict(root))
        return root;
    for (size_t i = 0; i + 1 < root->items.count; i += 2)
        if (nc_is_module(root->items.data[i + 1]))
            return root->items.data[i + 1];
    return root;
}

void import_pickle(Import *import)
{
    struct nc_run run = {.program = "netc import"};
    struct nc_archive *archive = nc_archive_open(&run, import->path);
    const struct nc_pickle_value *model = find_model(nc_archive_root(archive));
    Reader reader = {.import = import};
    if (!nc_is_module(model))
        import_fail(import, "take a file of torch.save(model, path), or one with what print(model) printed",
                    "it holds no modules: parameters alone do not say how a model computes");
    const char *class = nc_module_class(model);
    import->class = arena_copy(import->arena, class, strlen(class));
    import->has_parameters = true;
    if (find_kind(import->class))
        import_fail(import, "put it into a model: torch.save(torch.nn.Sequential(layer), path)",
                    "it holds a single layer, %s", import->class);
    text_add(&import->draft, "model Draft(1) {\n");
    check_hooks(&reader, model, import->class);
    add_children(&reader, model, "", 1);
    text_add(&import->draft, "}\n");
    nc_archive_close(archive);
}
