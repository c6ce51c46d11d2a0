/* A body: the layers of braces, Sequentials and blocks in a row, shapes inferred from the input on. */
#include <inttypes.h>
#include <string.h>

#include "model/build.h"

enum { MAX_LAYERS = 10000 };

/* The children of one Sequential so far. */
typedef struct Children {
    const char *prefix; /* of their paths; "" in the model itself */
    int count;
    VEC(Name) names;
} Children;

static void add_item(Build *build, Chain *chain, Children *children, const Syntax *item);
static void add_value(Build *build, Chain *chain, const Syntax *value, const char *path);

/* ---- Names ------------------------------------------------------------------------------------------------------- */

const LayerKind *find_layer(const char *name)
{
    for (int i = 0; vocabulary_layers[i]; i++)
        if (strcmp(vocabulary_layers[i]->name, name) == 0)
            return vocabulary_layers[i];
    return NULL;
}

bool is_sequential(const char *name)
{
    return strcmp(name, "Sequential") == 0;
}

void report_no_layer(Build *build, const Syntax *call)
{
    const char *name = bare_name(call->name);
    if (call->body) {
        const char *refused = vocabulary_refused(name);
        const char *known[] = {"Residual", "Sequential", "repeat"};
        const char *closest = diag_closest(name, known, sizeof known / sizeof *known);
        if (strcmp(name, "repeat") == 0)
            diag_error(build->diag, call->name_span, "repeat lacks how often: 'repeat 3 {'");
        else if (refused)
            diag_error(build->diag, call->name_span, "%s %s", name, refused);
        else if (closest)
            diag_error(build->diag, call->name_span, "no layer is called '%s'; did you mean '%s'?", name, closest);
        else
            diag_error(build->diag, call->name_span, "name of a nested block needs a colon: '%s: {'", name);
        return;
    }
    VEC(const char *) names = {0};
    for (int i = 0; vocabulary_layers[i]; i++)
        vec_push(build->arena, names, vocabulary_layers[i]->name);
    for (int i = 0; i < build->blocks.count; i++)
        vec_push(build->arena, names, build->blocks.at[i]->syntax->name);
    vec_push(build->arena, names, "Sequential");
    for (int i = 0; build->partial && i < build->names.count; i++)
        if (strcmp(build->names.at[i].text, name) == 0)
            return; /* it is reported where it is defined */
    const char *what = build->blocks.count ? "layer or block" : "layer";
    report_no_kind(build, what, name, call->name_span, names.at, names.count);
}

/* ---- Layers ------------------------------------------------------------------------------------------------------ */

/* The layer in whose output, in torch, what `layer` gives is kept. */
static const Layer *memory_of(const Layer *layer)
{
    while (layer && layer_is_view(layer))
        layer = layer->previous;
    return layer;
}

/* Whether a layer works in place on what another branch of a Residual reads too: in torch that reads other numbers. */
static bool check_in_place(Build *build, const Chain *chain, const Layer *layer)
{
    int place = signature_find(layer->kind->params, "inplace");
    if (place < 0 || !layer->args.at[place].i)
        return true;
    const Layer *memory = memory_of(layer->previous);
    for (const Branch *branch = chain->branch; branch; branch = branch->around) {
        if (memory_of(branch->input) != memory)
            continue;
        diag_error(build->diag, layer->args.at[place].span,
                   "%s with inplace=True would change the input of the Residual, which is read once more: leave "
                   "inplace away", layer->kind->name);
        return false;
    }
    return true;
}

/* Adds a layer behind the chain, and its second input, where it has one, from the end of another, that has a shortcut's
 * layers or not. */
static void add_layer(Build *build, Chain *chain, const LayerKind *kind, const Syntax *call, const char *path,
                      const Chain *other, bool shortcut)
{
    Network *network = chain->network;
    Layer *layer = arena_make(build->arena, Layer);
    *layer = (Layer){.kind = kind, .path = path, .span = call->span, .name_span = call->name_span, .in = chain->shape,
                     .previous = chain->last, .in_span = chain->span, .index = network->layers.count};
    if (other) {
        layer->joins = true;
        layer->other = other->last;
        layer->other_in = other->shape;
        layer->other_span = other->span;
        layer->shortcut = shortcut;
    }
    bool bound = bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at,
                                call->items.count, call->span,
                                arena_printf(build->arena, "%s.%s", network->name, path), false, &layer->args);
    chain->known = chain->known && bound && check_in_place(build, chain, layer) &&
                   kind->infer(build->arena, build->diag, layer);
    vec_push(build->arena, network->layers, layer);
    for (int i = 0; chain->known && i < layer->parameters.count; i++) {
        layer->parameters.at[i]->index = network->parameters.count;
        vec_push(build->arena, network->parameters, layer->parameters.at[i]);
    }
    chain->last = layer;
    chain->shape = layer->out;
    chain->span = call->span;
}

/* ---- What holds layers ------------------------------------------------------------------------------------------- */

/* What is added from here on belongs to the group at `path`. */
static void begin_group(Build *build, Chain *chain, const char *path, const char *text)
{
    Group group = {.path = path, .text = text, .first = chain->network->layers.count};
    vec_push(build->arena, chain->network->groups, group);
}

const Syntax *sequential_item(Build *build, const Syntax *argument)
{
    const Syntax *value = argument->value;
    if (!argument->name && value->kind == SYNTAX_CALL && strcmp(bare_name(value->name), "OrderedDict") == 0) {
        diag_error(build->diag, value->name_span,
                   "Sequential takes no OrderedDict here: write its layers in braces, each with its name: "
                   "{ conv: Conv2d(...) }");
        return NULL;
    }
    if (!argument->name && value->kind == SYNTAX_CALL)
        return value;
    diag_error(build->diag, argument->span, "Sequential expects layers: 'Conv2d(...)'%s",
               value->kind == SYNTAX_LIST ? ", without a list around them" : "");
    return NULL;
}

/* nn.Sequential with layers for arguments. */
static void add_sequential(Build *build, Chain *chain, const Syntax *call, const char *path)
{
    Syntax list = {.kind = SYNTAX_BODY, .span = call->span};
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *item = sequential_item(build, call->items.at[i]);
        if (!item) {
            chain->known = false;
            return;
        }
        vec_push(build->arena, list.items, (Syntax *)item);
    }
    begin_group(build, chain, path, "Sequential");
    add_body(build, chain, call->body ? call->body : &list, path);
}

/* A use of a block: its body, with the values of its parameters. */
static void add_block(Build *build, Chain *chain, const Block *block, const Syntax *call, const char *path)
{
    const Scope *scope =
        bind_block(build, block, call, arena_printf(build->arena, "%s.%s", chain->network->name, path));
    if (!scope) {
        chain->known = false;
        return;
    }
    begin_group(build, chain, path, block_text(build->arena, block, scope));
    const Scope *outside = build->scope;
    build->scope = scope;
    diag_enter(build->diag, call->span, "block '%s' is used here", block->syntax->name);
    if (block->syntax->body)
        add_body(build, chain, block->syntax->body, path);
    diag_leave(build->diag);
    build->scope = outside;
}

static bool is_shortcut(const Syntax *item)
{
    return item->kind == SYNTAX_CHILD && (!strcmp(item->name, "shortcut") || !strcmp(item->name, "downsample"));
}

/* The items of a Residual without its shortcut, the last one, which is given in *shortcut. */
static Syntax residual_body(Build *build, Chain *chain, const Syntax *call, const Syntax **shortcut)
{
    Syntax body = {.kind = SYNTAX_BODY, .span = call->body->span};
    *shortcut = NULL;
    for (int i = 0; i < call->body->items.count; i++) {
        Syntax *item = call->body->items.at[i];
        if (is_shortcut(item) && i == call->body->items.count - 1) {
            *shortcut = item;
        } else if (is_shortcut(item)) {
            diag_error(build->diag, item->name_span, "%s stands last in the braces of a Residual", item->name);
            chain->known = false;
        } else {
            vec_push(build->arena, body.items, item);
        }
    }
    if (!body.items.count) {
        diag_error(build->diag, call->name_span, "Residual has no layers%s", *shortcut ? " but its shortcut's" : "");
        chain->known = false;
    }
    return body;
}

/* Residual { ..., shortcut: { ... } }: both branches begin where the chain ends, and meet in a layer that adds them. */
static void add_residual(Build *build, Chain *chain, const LayerKind *kind, const Syntax *call, const char *path)
{
    const Syntax *shortcut;
    const Syntax body = residual_body(build, chain, call, &shortcut);
    Chain entry = *chain;
    Branch branch = {.input = chain->last, .around = chain->branch};
    begin_group(build, chain, path, "Residual {");
    chain->branch = &branch;
    add_body(build, chain, &body, path);
    Chain end = *chain;
    chain->last = entry.last;
    chain->shape = entry.shape;
    chain->span = entry.span;
    if (shortcut)
        add_value(build, chain, shortcut->value, arena_printf(build->arena, "%s.%s", path, shortcut->name));
    const Chain other = *chain;
    chain->last = end.last;
    chain->shape = end.shape;
    chain->span = end.span;
    chain->branch = branch.around;
    Syntax sum = {.kind = SYNTAX_CALL, .span = call->name_span, .name = call->name, .name_span = call->name_span};
    add_layer(build, chain, kind, &sum, path, &other, shortcut != NULL);
}

static void add_call(Build *build, Chain *chain, const Syntax *call, const char *path)
{
    const char *name = bare_name(call->name);
    const LayerKind *kind = find_layer(name);
    const Block *block = find_block(build, call->name);
    bool residual = strcmp(name, "Residual") == 0;
    if (is_sequential(name)) {
        add_sequential(build, chain, call, path);
    } else if (residual && call->body) {
        add_residual(build, chain, kind, call, path);
    } else if (residual) {
        diag_error(build->diag, call->name_span, "Residual has its layers in braces: 'Residual { Conv2d(...) }'");
        chain->known = false;
    } else if (call->body && (kind || block)) {
        diag_error(build->diag, call->name_span, "%s takes no braces but parentheses: %s", name,
                   signature_text(build->arena, name, kind ? kind->params : block->params));
        chain->known = false;
    } else if (block) {
        add_block(build, chain, block, call, path);
    } else if (kind) {
        add_layer(build, chain, kind, call, path, NULL, false);
    } else {
        report_no_layer(build, call);
        if (call->body) /* only the colon is missing */
            add_body(build, chain, call->body, path);
        else
            chain->known = false;
    }
}

/* ---- Items ------------------------------------------------------------------------------------------------------- */

/* Checks the name of a child against those before it. */
static void check_name(Build *build, Children *children, Name name)
{
    if (strchr(name.text, '.'))
        diag_error(build->diag, name.span, "name of a layer has no dots: '%s'", name.text);
    for (int i = 0; i < children->names.count; i++) {
        Name other = children->names.at[i];
        if (strcmp(other.text, name.text))
            continue;
        if (other.span.start == name.span.start) {
            diag_error(build->diag, name.span, "name '%s' would be given to several copies: with braces around what is "
                       "repeated, 'repeat N { { %s: ... } }', each copy is a child of its own", name.text, name.text);
        } else {
            diag_error(build->diag, name.span, "name '%s' is given twice", name.text);
            diag_note(build->diag, other.span, "the first one is here");
        }
        return;
    }
    vec_push(build->arena, children->names, name);
}

/* Whether the model has room for one item more. */
static bool count_item(Build *build, Chain *chain, Span span)
{
    if (chain->visited > MAX_LAYERS)
        return false;
    if (++chain->visited <= MAX_LAYERS)
        return true;
    diag_error(build->diag, span, "model '%s' has more than %d layers", chain->network->name, MAX_LAYERS);
    chain->known = false;
    return false;
}

/* The items, so many times over, as if they were written so. */
static void add_repeat(Build *build, Chain *chain, Children *children, const Syntax *item)
{
    Constant count = evaluate(build, item->value);
    if (count.kind != CONSTANT_INT || count.i < 1 || count.i > MAX_LAYERS) {
        if (count.kind != CONSTANT_BROKEN)
            diag_error(build->diag, item->value->span, "repeat expects a whole number from 1 to %d but gets %s",
                       MAX_LAYERS, constant_text(build->arena, count));
        chain->known = false;
        return;
    }
    for (int copy = 0; copy < count.i && item->body; copy++) {
        for (int i = 0; i < item->body->items.count; i++)
            add_item(build, chain, children, item->body->items.at[i]);
        if (!chain->known || !count_item(build, chain, item->span))
            return; /* the other copies would only repeat the mistake */
    }
}

static void add_item(Build *build, Chain *chain, Children *children, const Syntax *item)
{
    if (!count_item(build, chain, item->span))
        return;
    if (chain->depth >= MAX_NESTING) {
        diag_error(build->diag, item->span, "model '%s' nests more than %d levels deep", chain->network->name,
                   MAX_NESTING);
        chain->known = false;
        return;
    }
    chain->depth++;
    if (item->kind == SYNTAX_REPEAT) {
        add_repeat(build, chain, children, item);
    } else if (item->kind != SYNTAX_BROKEN) {
        const char *name = arena_printf(build->arena, "%d", children->count++);
        if (item->kind == SYNTAX_CHILD) {
            check_name(build, children, (Name){item->name, item->name_span});
            name = item->name;
            item = item->value;
        }
        add_value(build, chain, item, *children->prefix ? arena_printf(build->arena, "%s.%s", children->prefix, name)
                                                        : name);
    }
    chain->known &= item->kind != SYNTAX_BROKEN; /* what follows may have lost its input */
    chain->depth--;
}

static void add_value(Build *build, Chain *chain, const Syntax *value, const char *path)
{
    if (value->kind == SYNTAX_BODY) {
        begin_group(build, chain, path, "Sequential");
        add_body(build, chain, value, path);
    } else if (value->kind == SYNTAX_CALL) {
        add_call(build, chain, value, path);
    }
}

void add_body(Build *build, Chain *chain, const Syntax *body, const char *prefix)
{
    Children children = {.prefix = prefix};
    for (int i = 0; i < body->items.count; i++)
        add_item(build, chain, &children, body->items.at[i]);
}
