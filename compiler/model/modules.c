/* Modules: what the text of a body stands for, before shapes are known. Blocks are taken apart, repeat, for and if
 * carried out, children named as torch names them. */
#include <string.h>

#include "model/build.h"

enum { MAX_LAYERS = 10000 };

/* A body being read. What it names are children of `owner`. What it applies are steps of `into`: of the owner itself,
 * of an operation in it (residual { ... }), or, before a forward, of nothing yet (NULL). */
typedef struct Body {
    Module *owner, *into;
    int *numbered; /* children so far: the next one without a name is called so */
    bool branches; /* of an operation: braces without a name are one of its branches, and no child */
} Body;

static void add_item(Build *build, Expansion *x, Body *body, const Syntax *item);
static void fill_module(Build *build, Expansion *x, Module *module, const Syntax *body);

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static Module *find_child(const Module *owner, const char *name)
{
    return string_set_value(&owner->named, name);
}

/* Checks the name of a child against those before it. */
static void check_name(Build *build, const Module *owner, Name name)
{
    if (strchr(name.text, '.'))
        diag_error(build->diag, name.span, "name of a layer has no dots: '%s'", name.text);
    const Module *other = find_child(owner, name.text);
    if (!other)
        return;
    if (other->name_span.source == name.span.source && other->name_span.start == name.span.start) {
        diag_error(build->diag, name.span, "name '%s' would be given to several copies: with braces around what is "
                   "repeated, 'repeat N { { %s: ... } }', each copy is a child of its own", name.text, name.text);
    } else {
        diag_error(build->diag, name.span, "name '%s' is given twice", name.text);
        diag_note(build->diag, other->name_span, "the first one is here");
    }
}

/* ---- Making modules ---------------------------------------------------------------------------------------------- */

static Module *new_module(Build *build, const Syntax *syntax, const char *path)
{
    Module *module = arena_make(build->arena, Module);
    *module = (Module){.syntax = syntax, .path = path, .file = build->file, .scope = build->scope,
                       .inside = build->scope, .inside_file = build->file, .name_span = syntax->span};
    return module;
}

static Module *broken_module(Build *build, const Syntax *syntax, const char *path)
{
    Module *module = new_module(build, syntax, path);
    module->broken = true;
    module->title = "?";
    return module;
}

static Module *make_sequential(Build *build, Expansion *x, const Syntax *syntax, const Syntax *body, const char *path)
{
    Module *module = new_module(build, syntax, path);
    module->title = module->text = "Sequential";
    fill_module(build, x, module, body);
    return module;
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

/* nn.Sequential with layers for arguments, or in braces. */
static Module *make_sequential_call(Build *build, Expansion *x, const Syntax *call, const char *path)
{
    if (call->body && call->items.count) {
        diag_error(build->diag, call->items.at[0]->span, "Sequential has its layers in parentheses or in braces, not "
                   "in both");
        return broken_module(build, call, path);
    }
    Syntax *list = arena_make(build->arena, Syntax);
    *list = (Syntax){.kind = SYNTAX_BODY, .span = call->span};
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *item = sequential_item(build, call->items.at[i]);
        if (!item)
            return broken_module(build, call, path);
        vec_push(build->arena, list->items, (Syntax *)item);
    }
    return make_sequential(build, x, call, call->body ? call->body : list, path);
}

/* A use of a block: its body, with the values of its parameters. */
static Module *make_block(Build *build, Expansion *x, const Block *block, const Syntax *call, const char *path)
{
    const Head head = {block->syntax->name, block->syntax, 0, block->params, block->file};
    const Locals *scope = block->broken ? NULL
                                       : bind_head(build, &head, (const Syntax *const *)call->items.at,
                                                   call->items.count, call->span,
                                                   arena_printf(build->arena, "%s.%s", x->model, path));
    if (!scope)
        return broken_module(build, call, path);
    Module *module = new_module(build, call, path);
    module->title = block->syntax->name;
    module->text = block_text(build->arena, block, scope);
    module->block = block;
    module->inside = scope;
    module->inside_file = block->file;
    diag_enter(build->diag, call->span, "block '%s' is used here", block->syntax->name);
    if (block->syntax->body)
        fill_module(build, x, module, block->syntax->body);
    diag_leave(build->diag);
    return module;
}

static bool is_shortcut(const Module *module)
{
    return module->name && (!strcmp(module->name, "shortcut") || !strcmp(module->name, "downsample"));
}

/* Takes the shortcut, the last step, out of the steps of a Residual. */
static void take_shortcut(Build *build, Module *module)
{
    int count = module->steps.count, kept = 0;
    for (int i = 0; i < count; i++) {
        Module *step = module->steps.at[i];
        if (is_shortcut(step) && i == count - 1) {
            module->shortcut = step;
        } else if (is_shortcut(step)) {
            diag_error(build->diag, step->name_span, "%s stands last in the braces of a Residual", step->name);
            module->broken = true;
        } else {
            module->steps.at[kept++] = step;
        }
    }
    module->steps.count = kept;
}

/* Makes of a module whose steps are known one whose branches they are. */
static void take_branches(Build *build, Module *module, const LayerKind *kind)
{
    module->joint = kind;
    if (kind->branches == LAYERS_AND_SHORTCUT)
        take_shortcut(build, module);
    if (module->steps.count)
        return;
    diag_error(build->diag, module->syntax->name_span, "%s has no layers%s", module->title,
               module->shortcut ? " but its shortcut's" : "");
    module->broken = true;
}

/* "Concat(dim=1) {", as it stands in the text, for tables. */
static const char *opening_text(Arena *arena, const Syntax *call)
{
    if (!call->items.count)
        return arena_printf(arena, "%s {", call->name);
    const Span last = call->items.at[call->items.count - 1]->span;
    return arena_printf(arena, "%.*s) {", last.end - call->name_span.start,
                        call->name_span.source->text + call->name_span.start);
}

/* A layer in which branches meet, with its braces. */
static Module *make_joint(Build *build, Expansion *x, const Syntax *call, const LayerKind *kind, const char *path)
{
    Module *module = new_module(build, call, path);
    module->title = kind->name;
    module->text = opening_text(build->arena, call);
    fill_module(build, x, module, call->body);
    take_branches(build, module, kind);
    return module;
}

static Module *make_call(Build *build, Expansion *x, const Syntax *call, const char *path)
{
    const Constant *local = find_local(build->scope, call->name);
    bool given = local && local->kind == CONSTANT_NOUN; /* a parameter that stands for a layer or a block */
    const char *name = bare_name(given ? local->s : call->name);
    const LayerKind *kind = given && local->block ? NULL : find_layer(name);
    const Block *block = given ? local->block : find_block(build, call->name);
    bool joint = kind && kind->branches;
    if (is_sequential(name))
        return make_sequential_call(build, x, call, path);
    if (joint && call->body)
        return make_joint(build, x, call, kind, path);
    if (joint) {
        diag_error(build->diag, call->name_span, "%s has its layers in braces: '%s { Conv2d(...) }'", name, name);
    } else if (call->body && (kind || (block && !block->broken))) {
        diag_error(build->diag, call->name_span, "%s takes no braces but parentheses: %s", name,
                   signature_text(build->arena, name, kind ? kind->params : block->params));
    } else if (block) {
        return make_block(build, x, block, call, path);
    } else if (kind) {
        Module *module = new_module(build, call, path);
        module->kind = kind;
        module->title = kind->name;
        return module;
    } else {
        report_no_layer(build, call);
        if (call->body) /* only the colon is missing */
            return make_sequential(build, x, call, call->body, path);
    }
    return broken_module(build, call, path);
}

Module *make_module(Build *build, Expansion *x, const Syntax *value, const char *path)
{
    if (value->kind == SYNTAX_BODY)
        return make_sequential(build, x, value, value, path);
    if (value->kind == SYNTAX_CALL)
        return make_call(build, x, value, path);
    return broken_module(build, value, path);
}

Module *make_root(Build *build, Expansion *x, const Model *model)
{
    Module *root = new_module(build, model->syntax, "");
    root->title = root->text = model->syntax->name;
    if (model->syntax->body)
        fill_module(build, x, root, model->syntax->body);
    return root;
}

/* ---- Items ------------------------------------------------------------------------------------------------------- */

/* Whether the model has room for one item more. */
static bool count_item(Build *build, Expansion *x, Span span)
{
    if (x->visited > MAX_LAYERS)
        return false;
    if (++x->visited <= MAX_LAYERS)
        return true;
    diag_error(build->diag, span, "model '%s' has more than %d layers", x->model, MAX_LAYERS);
    x->full = true;
    return false;
}

static void add_step(Build *build, Body *body, Module *module)
{
    if (body->into)
        vec_push(build->arena, body->into->steps, module);
}

/* What stands here is not understood: nothing is known of what follows it. */
static void add_broken(Build *build, Body *body, const Syntax *item)
{
    add_step(build, body, broken_module(build, item, body->owner->path));
}

static void add_items(Build *build, Expansion *x, Body *body, const Syntax *items)
{
    for (int i = 0; i < items->items.count; i++)
        add_item(build, x, body, items->items.at[i]);
}

/* The items, so many times over, as if they were written so. */
static void add_repeat(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    Constant count = evaluate(build, item->value);
    if (count.kind != CONSTANT_INT || count.i < 1 || count.i > MAX_LAYERS) {
        if (count.kind != CONSTANT_BROKEN)
            diag_error(build->diag, item->value->span, "repeat expects a whole number from 1 to %d but gets %s",
                       MAX_LAYERS, constant_text(build->arena, count));
        add_broken(build, body, item);
        return;
    }
    for (int copy = 0; copy < count.i && item->body; copy++) {
        add_items(build, x, body, item->body);
        if (!count_item(build, x, item->span))
            return;
    }
}

/* Gives the names of a for one of its values; several names take a sequence apart. */
static bool name_values(Build *build, const Syntax *item, Constant value, Locals *scope)
{
    int count = item->items.count;
    if (count > 1 && (value.kind != CONSTANT_SEQUENCE || value.count != count)) {
        diag_error(build->diag, item->value->span, "for has %d names and expects as many values each time, but gets %s",
                   count, constant_text(build->arena, value));
        return false;
    }
    for (int i = 0; i < count; i++) {
        Let let = {.name = item->items.at[i]->name, .value = count > 1 ? value.items[i] : value};
        vec_push(build->arena, scope->lets, let);
    }
    return true;
}

/* The items, once for each value of a sequence. */
static void add_for(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    Constant values = evaluate(build, item->value);
    if (values.kind != CONSTANT_SEQUENCE) {
        if (values.kind != CONSTANT_BROKEN)
            diag_error(build->diag, item->value->span, "for expects a list, a tuple or a range but gets %s",
                       constant_text(build->arena, values));
        add_broken(build, body, item);
        return;
    }
    const Locals *around = build->scope;
    for (int i = 0; i < values.count && item->body; i++) {
        Locals *scope = arena_make(build->arena, Locals);
        scope->around = around;
        if (!name_values(build, item, values.items[i], scope)) {
            add_broken(build, body, item);
            break;
        }
        build->scope = scope;
        add_items(build, x, body, item->body);
        build->scope = around;
        if (!count_item(build, x, item->span))
            break;
    }
}

/* What a child is called by: "conv" for self.conv. */
static const char *referenced(const Syntax *item)
{
    return strncmp(item->name, "self.", 5) == 0 ? item->name + 5 : item->name;
}

/* Notes the children that are named in what a condition has not chosen. */
static void note_elsewhere(const Body *body, const Syntax *item)
{
    if (item->kind == SYNTAX_NAME) {
        Module *child = find_child(body->owner, referenced(item));
        if (child)
            child->elsewhere = true;
    }
    if (item->body)
        note_elsewhere(body, item->body);
    for (int i = 0; (item->kind == SYNTAX_BODY || item->kind == SYNTAX_IF) && i < item->items.count; i++)
        note_elsewhere(body, item->items.at[i]);
}

/* The items of the branch that the condition chooses. */
static void add_if(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    Constant condition = evaluate(build, item->value);
    const Syntax *other = item->items.count ? item->items.at[0] : NULL;
    const Syntax *left_out = constant_truth(condition) ? other : item->body;
    if (left_out)
        note_elsewhere(body, left_out);
    if (condition.kind == CONSTANT_BROKEN)
        add_broken(build, body, item);
    else if (constant_truth(condition) && item->body)
        add_items(build, x, body, item->body);
    else if (!constant_truth(condition) && other && other->kind == SYNTAX_IF)
        add_item(build, x, body, other);
    else if (!constant_truth(condition) && other)
        add_items(build, x, body, other);
}

/* A child by its name alone: it is applied, once more where it was applied before. */
static void add_reference(Build *build, Body *body, const Syntax *item)
{
    const char *name = referenced(item);
    Module *child = find_child(body->owner, name);
    if (child) {
        add_step(build, body, child);
        return;
    }
    if (diag_has_error_at(build->diag, item->span)) { /* a repeat comes here up to 10,000 times: say it once */
        add_broken(build, body, item);
        return;
    }
    VEC(const char *) names = {0};
    for (int i = 0; i < body->owner->children.count; i++)
        vec_push(build->arena, names, body->owner->children.at[i]->name);
    const char *closest = diag_closest(name, names.at, names.count);
    const LayerKind *kind = find_layer(bare_name(name));
    if (kind && kind->branches)
        diag_error(build->diag, item->span, "%s lacks its braces: %s { Conv2d(...) }", kind->name, kind->name);
    else if (kind || find_block(build, name) || vocabulary_operation(name))
        diag_error(build->diag, item->span, "%s lacks its parentheses: %s()", name, name);
    else if (closest)
        diag_error(build->diag, item->span, "no child is called '%s'; did you mean '%s'?", name, closest);
    else
        diag_error(build->diag, item->span, "no child is called '%s': a name alone applies a child that stands before "
                   "it once more", name);
    add_broken(build, body, item);
}

/* Checks the arguments of an operation: that it works on what comes before it need not be said. */
static bool check_operation(Build *build, const Operation *operation, const Syntax *call)
{
    const Syntax *first = call->items.count ? call->items.at[0] : NULL;
    if (first && !first->name && first->value->kind == SYNTAX_NAME && !is_constant(build, first->value->name)) {
        diag_error(build->diag, first->span, "%s works on what comes before it: leave '%s' away", operation->name,
                   first->value->name);
        return false;
    }
    if (call->items.count >= operation->needs)
        return true;
    diag_error(build->diag, call->span, "%s would take the batch too, as torch's does: %s(1)", operation->name,
               operation->name);
    return false;
}

/* What an operation applies, as steps of its own: children of the body that it stands in. */
static Module *make_group(Build *build, Expansion *x, Body *body, const Syntax *call, const Syntax *items,
                          const char *title)
{
    const char *path = arena_printf(build->arena, "%s%s%s", body->owner->path, *body->owner->path ? "." : "", title);
    Module *module = new_module(build, call, path);
    module->title = title;
    const LayerKind *joint = call->kind == SYNTAX_CALL && call->body ? vocabulary_joint(call->name) : NULL;
    Body inner = {.owner = body->owner, .into = module, .numbered = body->numbered,
                  .branches = joint && joint->branches == A_BRANCH_A_CHILD};
    add_items(build, x, &inner, items);
    return module;
}

/* relu(), flatten(1), residual { ... }. False where the item is none of these. */
static bool add_operation(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    const Operation *operation = item->body ? NULL : vocabulary_operation(item->name);
    const LayerKind *joint = item->body ? vocabulary_joint(item->name) : NULL;
    if (find_block(build, item->name) || (!operation && !joint))
        return false;
    const Syntax none = {.kind = SYNTAX_BODY};
    Module *module = make_group(build, x, body, item, joint ? item->body : &none,
                                joint ? item->name : operation->name);
    if (joint) {
        module->text = opening_text(build->arena, item);
        take_branches(build, module, joint);
    } else {
        module->kind = operation->kind;
        module->broken = !check_operation(build, operation, item);
    }
    add_step(build, body, module);
    return true;
}

/* A child, with a name or numbered. */
static void add_child(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    const char *number = arena_printf(build->arena, "%d", (*body->numbered)++);
    Name name = {number, item->span};
    if (item->kind == SYNTAX_CHILD) {
        name = (Name){item->name, item->name_span};
        check_name(build, body->owner, name);
        item = item->value;
    }
    const char *prefix = body->owner->path;
    Module *module = make_module(build, x, item, arena_printf(build->arena, "%s%s%s", prefix, *prefix ? "." : "",
                                                              name.text));
    module->name = name.text;
    module->name_span = name.span;
    vec_push(build->arena, body->owner->children, module);
    string_set_add_with(build->arena, &body->owner->named, module->name, module);
    add_step(build, body, module);
}

/* A child that is an operation has nothing that its name could be for. */
static bool check_operation_name(Build *build, const Syntax *item)
{
    const Syntax *value = item->value;
    if (value->kind != SYNTAX_CALL || find_block(build, value->name) || !is_operation(value))
        return true;
    diag_error(build->diag, item->name_span, "%s is an operation and no child: it has no name", value->name);
    return false;
}

static void add_item(Build *build, Expansion *x, Body *body, const Syntax *item)
{
    if (!count_item(build, x, item->span))
        return;
    if (x->depth >= MAX_NESTING) {
        diag_error(build->diag, item->span, "model '%s' nests more than %d levels deep", x->model, MAX_NESTING);
        add_broken(build, body, item);
        return;
    }
    x->depth++;
    switch (item->kind) {
    case SYNTAX_REPEAT: add_repeat(build, x, body, item); break;
    case SYNTAX_FOR: add_for(build, x, body, item); break;
    case SYNTAX_IF: add_if(build, x, body, item); break;
    case SYNTAX_INIT: vec_push(build->arena, body->owner->inits, item); break;
    case SYNTAX_NAME: add_reference(build, body, item); break;
    case SYNTAX_BROKEN:
        (*body->numbered)++;
        add_broken(build, body, item);
        break;
    case SYNTAX_CHILD:
        if (check_operation_name(build, item))
            add_child(build, x, body, item);
        else
            add_broken(build, body, item);
        break;
    case SYNTAX_CALL:
        if (add_operation(build, x, body, item))
            break;
        add_child(build, x, body, item);
        break;
    case SYNTAX_BODY:
        if (body->branches) {
            add_step(build, body, make_group(build, x, body, item, item, "branch"));
            break;
        }
        /* fall through */
    default: add_child(build, x, body, item); break;
    }
    x->depth--;
}

/* The forward of a body, its last item: what it applies, in order; NULL: its items are applied as they stand. */
static const Syntax *find_forward(Build *build, const Syntax *body)
{
    for (int i = 0; i < body->items.count; i++) {
        const Syntax *item = body->items.at[i];
        if (item->kind != SYNTAX_CALL || !item->body || strcmp(item->name, "forward"))
            continue;
        if (item->items.count)
            diag_error(build->diag, item->items.at[0]->span, "forward takes no arguments: what it applies stands in "
                       "braces");
        if (i == body->items.count - 1)
            return item;
        diag_error(build->diag, item->name_span, "forward stands last in its braces: behind the children that it "
                   "applies");
    }
    return NULL;
}

/* Reads the items of a module's own body, with what is known inside it. */
static void fill_module(Build *build, Expansion *x, Module *module, const Syntax *items)
{
    const Locals *outside = build->scope;
    File *file = build->file;
    build->scope = module->inside;
    build->file = (File *)module->inside_file;
    const Syntax *forward = find_forward(build, items);
    int numbered = 0;
    Body body = {.owner = module, .into = forward ? NULL : module, .numbered = &numbered};
    for (int i = 0; i < items->items.count; i++)
        if (items->items.at[i] != forward)
            add_item(build, x, &body, items->items.at[i]);
    body.into = module;
    if (forward)
        add_items(build, x, &body, forward->body);
    build->scope = outside;
    build->file = file;
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

static const char *join(Arena *arena, const char *prefix, const char *name)
{
    return *prefix ? arena_printf(arena, "%s.%s", prefix, name) : name;
}

/* Operations have the path of the module that they stand in, and what they are called. */
static void place_operations(Build *build, const Module *owner, const Module *in)
{
    for (int i = 0; i < in->steps.count; i++) {
        Module *step = in->steps.at[i];
        if (step->name)
            continue;
        step->path = join(build->arena, owner->path, step->title);
        place_operations(build, owner, step);
    }
}

void place_modules(Build *build, Module *module)
{
    for (int i = 0; i < module->children.count; i++) {
        module->children.at[i]->path = join(build->arena, module->path, module->children.at[i]->name);
        place_modules(build, module->children.at[i]);
    }
    if (!module->kind)
        place_operations(build, module, module);
}
