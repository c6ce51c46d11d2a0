/* Shapes of a model that is imported. A file has no shape of the input: where the layers admit a single one it is that,
 * else it is asked for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

enum { LARGEST = 1024 };

/* One attempt, with memory of its own. */
typedef struct Trial {
    Arena *arena;
    Diag *diag;
    Shape shape;
    Layer *previous;
    bool quiet; /* no report is read */
} Trial;

static bool apply_layer(Trial *trial, Node *node, const LayerKind *kind, const Args *args)
{
    Layer *layer = arena_make(trial->arena, Layer);
    *layer = (Layer){.kind = kind, .path = node->name, .args = *args, .span = node->span, .name_span = node->name_span};
    const Span from = trial->previous ? trial->previous->span : node->span;
    vec_push(trial->arena, layer->inputs, ((LayerInput){trial->previous, trial->shape, from}));
    if (!kind->infer(trial->arena, trial->diag, layer))
        return false;
    trial->shape = layer->out;
    trial->previous = layer;
    if (kind == node->kind)
        node->layer = layer;
    return true;
}

static const LayerKind *flatten_kind(void)
{
    int i = 0;
    while (strcmp(vocabulary_layers[i]->name, "Flatten") != 0)
        i++;
    return vocabulary_layers[i];
}

/* The arguments of a layer of which none is given. */
static Args no_arguments(Trial *trial, const LayerKind *kind, Span span)
{
    Args args;
    signature_bind(trial->arena, trial->diag, kind->name, kind->params, NULL, 0, span, &args);
    return args;
}

static void keep_quiet(Trial *trial)
{
    trial->quiet = true;
    trial->diag = diag_new(trial->arena);
}

/* Each child is tried as it stands, then behind flattening, and a third time for the report: not where none is read,
 * or modules within modules would take twice the time for each level. */
static bool apply(Trial *trial, Node *node)
{
    if (node->kind)
        return apply_layer(trial, node, node->kind, &node->args);
    bool known = import_is_sequence(node->class);
    for (int i = 0; i < node->children.count; i++) {
        Node *child = node->children.at[i];
        Trial before = *trial;
        bool may_flatten = !known && before.shape.rank > 1;
        child->flattens = false;
        if (may_flatten && !before.quiet)
            keep_quiet(trial);
        bool good = apply(trial, child);
        if (!good && may_flatten) {
            trial->shape = before.shape;
            trial->previous = before.previous;
            Args args = no_arguments(trial, flatten_kind(), child->span);
            good = apply_layer(trial, child, flatten_kind(), &args) && apply(trial, child);
            child->flattens = good;
        }
        trial->diag = before.diag;
        trial->quiet = before.quiet;
        if (good)
            continue;
        if (!may_flatten || before.quiet)
            return false;
        *trial = before;
        return apply(trial, child);
    }
    return true;
}

static bool fits(Node *root, Shape shape)
{
    Arena *arena = arena_new();
    Trial trial = {.arena = arena, .diag = diag_new(arena), .shape = shape, .quiet = true};
    bool good = apply(&trial, root);
    arena_free(arena);
    return good;
}

static Node *first_layer(Node *node)
{
    Node *found = node->kind ? node : NULL;
    for (int i = 0; i < node->children.count && !found; i++)
        found = first_layer(node->children.at[i]);
    return found;
}

/* The first size that a layer says of its input: channels, or features. 0: none says one. */
static int64_t first_size(const Node *node)
{
    int64_t size = 0;
    for (int i = 0; node->kind && node->kind->params[i].name && !size; i++)
        if (node->kind->params[i].type == ARG_SIZE && node->args.at[i].given)
            size = node->args.at[i].i;
    for (int i = 0; i < node->children.count && !size; i++)
        size = first_size(node->children.at[i]);
    return size;
}

/* Shapes that fit, among those of one rank. */
typedef struct Fits {
    int count;
    int64_t least, most;
} Fits;

static Shape shape_with(int rank, int64_t channels, int64_t extent)
{
    return shape_of(rank, rank == 1 ? (int64_t[]){extent, 0, 0} : (int64_t[]){channels, extent, extent});
}

static Fits search(Node *root, int rank, int64_t channels)
{
    Fits found = {0};
    for (int64_t extent = 1; extent <= LARGEST; extent++) {
        if (!fits(root, shape_with(rank, channels, extent)))
            continue;
        found.least = found.count++ ? found.least : extent;
        found.most = extent;
    }
    return found;
}

_Noreturn static void ask(const Import *import, int rank, int64_t channels, Fits found)
{
    const char *front = channels ? arena_printf(import->arena, "%" PRId64 ",", channels) : "";
    const char *most = found.most == LARGEST ? "or more" : arena_printf(import->arena, "to %" PRId64, found.most);
    import_fail(import, arena_printf(import->arena, "say --input %s%s", front, rank == 3 ? "H,W" : "L"),
                "a file has no shape of the input, and its layers leave the %s open: %s of %" PRId64 " %s fit",
                rank == 3 ? "height and width" : "length", rank == 3 ? "squares" : "any", found.least, most);
}

static Shape find_input(const Import *import, Node *root)
{
    Node *first = first_layer(root);
    bool tokens = strncmp(first->kind->name, "Embedding", 9) == 0;
    int64_t size = tokens ? 0 : first_size(root);
    if (size && fits(root, shape_of(1, &size)))
        return shape_of(1, &size);
    if (!size && !tokens)
        import_fail(import, "say it: --input 3,32,32", "a file has no shape of the input, and no layer tells of it");
    for (int rank = tokens ? 1 : 2; rank <= (tokens ? 1 : 3); rank++) {
        Fits found = search(root, rank, size);
        if (found.count == 1)
            return shape_with(rank, size, found.least);
        if (found.count > 1)
            ask(import, rank, size, found);
    }
    import_fail(import, "say --input with the shape of a sample, 3,32,32, to see what does not fit",
                "a file has no shape of the input, and no square one that begins with %" PRId64 " fits its layers",
                size);
}

/* "3,32,32" or "3x32x32" */
static Shape read_shape(const Import *import)
{
    Shape shape = {0};
    const char *text = import->input;
    for (;;) {
        char *end;
        long extent = strtol(text, &end, 10);
        if (end == text || extent < 1 || extent > INT32_MAX || shape.rank == 3 || (*end && *end != ',' && *end != 'x'))
            import_fail(import, NULL, "--input expects one to three whole numbers, as in --input 3,32,32, but has '%s'",
                        import->input);
        shape.dim[shape.rank++] = extent;
        if (!*end)
            return shape;
        text = end + 1;
    }
}

bool import_fit(Import *import, Node *root, Shape *input)
{
    if (!first_layer(root))
        import_fail(import, NULL, "%s has no layers", import->class);
    *input = import->input ? read_shape(import) : find_input(import, root);
    Trial trial = {.arena = import->arena, .diag = import->diag, .shape = *input};
    return apply(&trial, root);
}
