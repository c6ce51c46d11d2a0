/* A model's body: layers in a row, nested blocks dissolved, shapes inferred from the input on. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "model/build.h"

enum { MAX_LAYERS = 10000 };

/* The end of the chain of layers so far. */
typedef struct Chain {
    NetworkEntry *entry;
    Layer *last;
    Shape shape;
    Span span;  /* where `shape` comes from */
    bool known; /* `shape` is; after a mistake what follows is not looked at, as it would only repeat it */
} Chain;

static void add_items(Build *build, Chain *chain, const Syntax *list, const char *prefix);

static const LayerKind *find_layer(const char *name)
{
    for (int i = 0; vocabulary_layers[i]; i++)
        if (strcmp(vocabulary_layers[i]->name, name) == 0)
            return vocabulary_layers[i];
    return NULL;
}

static void report_no_layer(Build *build, const char *name, Span span)
{
    VEC(const char *) names = {0};
    for (int i = 0; vocabulary_layers[i]; i++)
        vec_push(build->arena, names, vocabulary_layers[i]->name);
    vec_push(build->arena, names, "Sequential");
    for (int i = 0; build->partial && i < build->names.count; i++)
        if (strcmp(build->names.at[i].text, name) == 0)
            return; /* a block: reported where it is defined */
    report_no_kind(build, "layer", name, span, names.at, names.count);
}

static void add_layer(Build *build, Chain *chain, const Syntax *call, const char *path)
{
    Network *network = chain->entry->network;
    const char *name = bare_name(call->name);
    const LayerKind *kind = find_layer(name);
    if (!kind) {
        report_no_layer(build, name, call->name_span);
        chain->known = false;
        return;
    }
    Layer *layer = arena_make(build->arena, Layer);
    *layer = (Layer){.kind = kind, .path = path, .span = call->span, .name_span = call->name_span, .in = chain->shape,
                     .previous = chain->last, .in_span = chain->span};
    bool bound =
        bind_arguments(build, name, kind->params, (const Syntax *const *)call->items.at, call->items.count, call->span,
                       arena_printf(build->arena, "%s.%s", network->name, path), false, &layer->args);
    chain->known = chain->known && bound && kind->infer(build->arena, build->diag, layer);
    vec_push(build->arena, network->layers, layer);
    for (int i = 0; chain->known && i < layer->parameters.count; i++) {
        layer->parameters.at[i]->index = network->parameters.count;
        vec_push(build->arena, network->parameters, layer->parameters.at[i]);
    }
    chain->last = layer;
    chain->shape = layer->out;
    chain->span = call->span;
}

/* A call in a body: a layer, or nn.Sequential with layers for arguments. */
static void add_call(Build *build, Chain *chain, const Syntax *call, const char *path)
{
    if (strcmp(bare_name(call->name), "Sequential") != 0) {
        add_layer(build, chain, call, path);
        return;
    }
    Syntax list = {.kind = SYNTAX_BODY, .span = call->span};
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        if (argument->name || argument->value->kind != SYNTAX_CALL) {
            diag_error(build->diag, argument->span, "Sequential expects layers: 'Conv2d(...)'");
            chain->known = false;
            return;
        }
        vec_push(build->arena, list.items, argument->value);
    }
    add_items(build, chain, &list, path);
}

/* Checks the name of a child against those before it. */
static void check_child(Build *build, const Syntax *list, int place)
{
    const Syntax *child = list->items.at[place];
    if (strchr(child->name, '.'))
        diag_error(build->diag, child->name_span, "name of a layer has no dots: '%s'", child->name);
    for (int i = 0; i < place; i++) {
        const Syntax *other = list->items.at[i];
        if (other->kind == SYNTAX_CHILD && strcmp(other->name, child->name) == 0) {
            diag_error(build->diag, child->name_span, "name '%s' is given twice", child->name);
            diag_note(build->diag, other->name_span, "the first one is here");
            return;
        }
    }
}

static void add_items(Build *build, Chain *chain, const Syntax *list, const char *prefix)
{
    if (list->items.count > MAX_LAYERS || chain->entry->network->layers.count > MAX_LAYERS) {
        diag_error(build->diag, list->items.at[0]->span, "model '%s' has more than %d layers",
                   chain->entry->network->name, MAX_LAYERS);
        chain->known = false;
        return;
    }
    for (int i = 0; i < list->items.count; i++) {
        const Syntax *item = list->items.at[i];
        const char *name = arena_printf(build->arena, "%d", i);
        if (item->kind == SYNTAX_CHILD) {
            check_child(build, list, i);
            name = item->name;
            item = item->value;
        }
        const char *path = *prefix ? arena_printf(build->arena, "%s.%s", prefix, name) : name;
        if (item->kind == SYNTAX_BODY)
            add_items(build, chain, item, path);
        else if (item->kind == SYNTAX_CALL)
            add_call(build, chain, item, path);
        else
            chain->known = false; /* SYNTAX_BROKEN: what follows may have lost its input */
    }
}

/* The shape of one sample: positive whole numbers. */
static bool input_shape(Build *build, const Syntax *syntax, Shape *shape)
{
    Span head = span_join(syntax->name_span, syntax->items.count ? syntax->items.at[syntax->items.count - 1]->span
                                                                 : syntax->name_span);
    *shape = (Shape){0};
    if (syntax->items.count < 1 || syntax->items.count > MAX_RANK - 1) {
        diag_error(build->diag, head,
                   "model '%s' expects the shape of one sample, such as (3, 32, 32), but gets %d numbers", syntax->name,
                   syntax->items.count);
        return false;
    }
    int64_t count = 1;
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *argument = syntax->items.at[i];
        if (argument->name) {
            diag_error(build->diag, argument->name_span, "shape of a sample is numbers without names");
            return false;
        }
        Constant value = evaluate(build, argument->value);
        if (value.kind == CONSTANT_BROKEN)
            return false;
        if (value.kind != CONSTANT_INT || value.i < 1 || value.i > INT_MAX) {
            diag_error(build->diag, argument->span, "shape of a sample is positive whole numbers but gets %s",
                       constant_text(build->arena, value));
            return false;
        }
        if (__builtin_mul_overflow(count, value.i, &count) || count > INT_MAX) {
            diag_error(build->diag, head, "shape of a sample has more than %d elements", INT_MAX);
            return false;
        }
        shape->dim[shape->rank++] = value.i;
    }
    return true;
}

void build_network(Build *build, const Syntax *syntax)
{
    Network *network = arena_make(build->arena, Network);
    network->name = syntax->name;
    network->span = syntax->name_span;
    NetworkEntry entry = {.network = network};
    Chain chain = {.entry = &entry, .known = true};
    chain.known &= input_shape(build, syntax, &network->input);
    chain.shape = network->input;
    chain.span = syntax->items.count
                     ? span_join(syntax->items.at[0]->span, syntax->items.at[syntax->items.count - 1]->span)
                     : syntax->name_span;
    if (syntax->body)
        add_items(build, &chain, syntax->body, "");
    if (!network->layers.count && chain.known)
        diag_error(build->diag, network->span, "model '%s' has no layers", network->name);
    network->output = chain.shape;
    entry.known = chain.known && network->layers.count > 0;
    vec_push(build->arena, build->networks, entry);
    vec_push(build->arena, build->program->networks, network);
}
