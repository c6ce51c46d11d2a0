/* Changes of a model: `model Ten = vgg16(weights="vgg16.pth") { replace classifier.6 = Linear(4096, 10) }`. The model's
 * modules are made as they are elsewhere. The edits change them, one after the other, by the paths that they have then;
 * numbers of a Sequential's children stay in order, as in torch. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/build.h"
#include "model/library.h"

typedef struct Change {
    Build *build;
    Design *design;
    Expansion expansion;
    const Syntax *edit;
} Change;

/* ---- Places ------------------------------------------------------------------------------------------------------ */

/* A child, by the module that has it and its place there. */
typedef struct Place {
    Module *parent;
    int index;
} Place;

/* Reports that `parent` has no child `name`. */
static void report_no_child(Change *c, const Module *parent, const char *name)
{
    VEC(const char *) names = {0};
    Text all = text_new(c->build->arena);
    for (int i = 0; i < parent->children.count; i++) {
        vec_push(c->build->arena, names, parent->children.at[i]->name);
        text_printf(&all, "%s%s", i ? ", " : "", parent->children.at[i]->name);
    }
    const char *whole = *parent->path ? arena_printf(c->build->arena, "'%s'", parent->path) : "the model";
    const char *closest = diag_closest(name, names.at, names.count);
    if (!parent->children.count)
        diag_error(c->build->diag, c->edit->target_span, "%s is a %s and has no children", whole, parent->title);
    else if (*plain_path(c->build, c->design->root, c->edit->target) && parent == c->design->root &&
             strcmp(plain_path(c->build, c->design->root, c->edit->target), c->edit->target) != 0)
        diag_error(c->build->diag, c->edit->target_span, "%s has no child '%s': paths begin within the model: %s",
                   whole, name, plain_path(c->build, c->design->root, c->edit->target));
    else if (closest)
        diag_error(c->build->diag, c->edit->target_span, "%s has no child '%s'; did you mean '%s'?", whole, name,
                   closest);
    else
        diag_error(c->build->diag, c->edit->target_span, "%s has no child '%s': it has %s", whole, name, all.bytes);
}

/* The module that the path of the edit leads to but for its last part, given in *last. NULL after reporting. */
static Module *find_parent(Change *c, const char **last)
{
    Module *module = c->design->root;
    const char *path = c->edit->target;
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        const char *name = arena_copy(c->build->arena, path, (size_t)(dot - path));
        int index = child_index(module, name);
        if (index < 0) {
            report_no_child(c, module, name);
            return NULL;
        }
        module = module->children.at[index];
    }
    *last = path;
    if (!module->kind)
        return module;
    diag_error(c->build->diag, c->edit->target_span, "'%s' is a %s and has no children", module->path, module->title);
    return NULL;
}

static bool find_place(Change *c, Place *place)
{
    const char *last;
    place->parent = find_parent(c, &last);
    if (!place->parent)
        return false;
    place->index = child_index(place->parent, last);
    if (place->index < 0)
        report_no_child(c, place->parent, last);
    return place->index >= 0;
}

/* Whether the children are called 0, 1, 2, ...: what is put between them or taken out renames those behind it. */
static bool is_numbered(const Module *module)
{
    for (int i = 0; i < module->children.count; i++) {
        char *end;
        const char *name = module->children.at[i]->name;
        if (strtol(name, &end, 10) != i || *end || end == name)
            return false;
    }
    return true;
}

static void renumber(Change *c, Module *module)
{
    for (int i = 0; i < module->children.count; i++)
        module->children.at[i]->name = arena_printf(c->build->arena, "%d", i);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------- */

/* Puts `now` where `module` or an operation in it applies `child`; NULL: takes it out. */
static void change_steps(Module *module, const Module *child, Module *now)
{
    int kept = 0;
    for (int i = 0; i < module->steps.count; i++) {
        Module *step = module->steps.at[i];
        if (!step->name)
            change_steps(step, child, now);
        step = step == child ? now : step;
        if (step)
            module->steps.at[kept++] = step;
    }
    module->steps.count = kept;
    if (module->shortcut == child)
        module->shortcut = now;
}

/* Applies `added` before `child` wherever that is applied. */
static void step_before(Arena *arena, Module *module, const Module *child, Module *added)
{
    VEC(Module *) steps = {0};
    for (int i = 0; i < module->steps.count; i++) {
        Module *step = module->steps.at[i];
        if (!step->name)
            step_before(arena, step, child, added);
        if (step == child)
            vec_push(arena, steps, added);
        vec_push(arena, steps, step);
    }
    module->steps.count = 0;
    for (int i = 0; i < steps.count; i++)
        vec_push(arena, module->steps, steps.at[i]);
}

/* ---- Edits ------------------------------------------------------------------------------------------------------- */

/* The module that the edit brings. */
static Module *make_added(Change *c, const char *name)
{
    Module *module = make_module(c->build, &c->expansion, c->edit->value, c->edit->target);
    module->name = name;
    module->name_span = c->edit->target_span;
    vec_push(c->build->arena, c->design->added, module);
    return module;
}

static bool replace(Change *c)
{
    Place place;
    if (!find_place(c, &place))
        return false;
    Module *old = place.parent->children.at[place.index], *module = make_added(c, old->name);
    place.parent->children.at[place.index] = module;
    change_steps(place.parent, old, module);
    return true;
}

static bool take_out(Change *c)
{
    Place place;
    if (!find_place(c, &place))
        return false;
    Module *parent = place.parent;
    bool numbered = is_numbered(parent);
    change_steps(parent, parent->children.at[place.index], NULL);
    for (int i = place.index; i + 1 < parent->children.count; i++)
        parent->children.at[i] = parent->children.at[i + 1];
    parent->children.count--;
    if (numbered)
        renumber(c, parent);
    return true;
}

static bool append(Change *c)
{
    const char *name;
    Module *parent = find_parent(c, &name);
    if (!parent)
        return false;
    if (child_index(parent, name) >= 0) {
        diag_error(c->build->diag, c->edit->target_span, "'%s' is there already: 'replace %s = ...' puts something "
                   "else in its place", c->edit->target, c->edit->target);
        return false;
    }
    Module *module = make_added(c, name);
    vec_push(c->build->arena, parent->children, module);
    vec_push(c->build->arena, parent->steps, module);
    return true;
}

static bool insert(Change *c)
{
    const char *name;
    char *end;
    Module *parent = find_parent(c, &name);
    if (!parent)
        return false;
    long at = strtol(name, &end, 10);
    if (!is_numbered(parent) || *end || end == name || at < 0 || at > parent->children.count) {
        diag_error(c->build->diag, c->edit->target_span, "insert expects the place in a Sequential whose children are "
                   "numbered: insert features.%d = ReLU(); 'append' adds a child with a name", 1);
        return false;
    }
    Module *module = make_added(c, name);
    vec_push(c->build->arena, parent->children, module);
    for (int i = parent->children.count - 1; i > at; i--)
        parent->children.at[i] = parent->children.at[i - 1];
    parent->children.at[at] = module;
    if (at + 1 < parent->children.count)
        step_before(c->build->arena, parent, parent->children.at[at + 1], module);
    else
        vec_push(c->build->arena, parent->steps, module);
    renumber(c, parent);
    return true;
}

static bool freeze(Change *c)
{
    Place place;
    if (!find_place(c, &place))
        return false;
    place.parent->children.at[place.index]->frozen = true;
    return true;
}

static const struct {
    const char *name, *example;
    bool value; /* it brings a module */
    bool (*change)(Change *c);
} edits[] = {
    {"replace", "replace classifier.6 = Linear(4096, 10)", true, replace},
    {"append", "append classifier.add_linear = Linear(1000, 10)", true, append},
    {"insert", "insert classifier.6 = Dropout(p=0.7)", true, insert},
    {"remove", "remove classifier.6", false, take_out},
    {"freeze", "freeze features", false, freeze},
};
enum { EDITS = sizeof edits / sizeof edits[0] };

const char *change_word(int index)
{
    return index < EDITS ? edits[index].name : NULL;
}

bool change_brings(const char *word)
{
    bool brings = false;
    for (int i = 0; i < EDITS; i++)
        brings = brings || (strcmp(edits[i].name, word) == 0 && edits[i].value);
    return brings;
}

static bool carry_out(Change *c)
{
    const Syntax *edit = c->edit;
    if (report_slip(c->build, c->design->root, edit))
        return false;
    for (int i = 0; i < EDITS; i++) {
        if (strcmp(edit->name, edits[i].name))
            continue;
        if (edits[i].value != (edit->value != NULL)) {
            diag_error(c->build->diag, edit->span, "'%s' expects %s: %s", edit->name,
                       edits[i].value ? "a child and what it is to be" : "a child alone", edits[i].example);
            return false;
        }
        if (!edits[i].change(c))
            return false;
        place_modules(c->build, c->design->root);
        return true;
    }
    fail_bug("no change '%s'", edit->name);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* Reports a call that names no model. */
static void report_no_model(Build *build, const Syntax *call)
{
    VEC(const char *) names = {0};
    const File *file = build->file;
    for (int i = 0; i < file->models.count; i++)
        vec_push(build->arena, names, file->models.at[i]->syntax->name);
    for (int f = 0; f < file->imports.count; f++)
        for (int i = 0; i < file->imports.at[f]->models.count; i++)
            vec_push(build->arena, names, file->imports.at[f]->models.at[i]->syntax->name);
    for (int i = 0; i < file->blocks.count; i++)
        vec_push(build->arena, names, file->blocks.at[i]->syntax->name);
    const char *bare = strrchr(call->name, '.') ? strrchr(call->name, '.') + 1 : call->name;
    const char *closest = diag_closest(bare, names.at, names.count);
    if (bare > call->name && find_model(build, bare))
        diag_error(build->diag, call->name_span, "no model is called '%s': leave '%.*s' out: %s(...)", call->name,
                   (int)(bare - call->name), call->name, bare);
    else if (closest && !library_find(bare))
        diag_error(build->diag, call->name_span, "no model is called '%s'; did you mean '%s'?", call->name, closest);
    else if (!file->partial)
        diag_error(build->diag, call->name_span, "no model is called '%s': import \"%s\" brings one of the library"
                   "%s%s%s", call->name, bare, bare > call->name ? ", which is made by " : "",
                   bare > call->name ? bare : "", bare > call->name ? "(...)" : "");
}

/* Parts `weights=` from the arguments of the model itself. False after reporting. */
static bool take_weights(Build *build, const Model *of, const Syntax *call, const Syntax **arguments, int *count,
                         const char **weights)
{
    *count = 0;
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        bool own = argument->name && of->params && signature_find(of->params, argument->name) >= 0;
        if (!own && report_weights(build, call->name, argument))
            return false;
        if (!argument->name || strcmp(argument->name, "weights")) {
            arguments[(*count)++] = argument;
            continue;
        }
        Constant value = evaluate(build, argument->value);
        if (value.kind != CONSTANT_STRING && value.kind != CONSTANT_NONE) {
            if (value.kind != CONSTANT_BROKEN)
                diag_error(build->diag, argument->value->span, "weights expects the name of a file of parameters: "
                           "weights=\"%s.pth\"", call->name);
            return false;
        }
        *weights = value.s;
    }
    return true;
}

/* Builds the model as it is before the change, of the same modules; --set is for those behind it. */
static bool build_base(Build *build, Design *design, const Syntax *syntax, const char *weights)
{
    bool plain = build->plain;
    build->plain = true;
    Network *base = build_design(build, design, (Name){syntax->value->name, syntax->name_span});
    build->plain = plain;
    design->base = base;
    design->weights = weights;
    design->added.count = 0;
    return base != NULL;
}

/* Makes the modules of the model that is changed, and its network before the change. */
static bool take_model(Build *build, Model *model, Design *design)
{
    const Syntax *syntax = model->syntax, *call = syntax->value;
    Model *of = find_model(build, call->name);
    const Syntax **arguments = arena_alloc(build->arena, (size_t)(call->items.count + 1) * sizeof *arguments);
    const char *weights = NULL;
    int count;
    if (!of)
        report_no_model(build, call);
    bool shaped = model->first_param && !design->input.rank;
    if (!of || (shaped && !read_input(build, model, design)) ||
        !take_weights(build, of, call, arguments, &count, &weights) ||
        !design_model(build, of, arguments, count, call->span, design))
        return false;
    return (!weights && !syntax->body) || build_base(build, design, syntax, weights);
}

bool design_change(Build *build, Model *model, const Locals *scope, Design *design)
{
    const Syntax *syntax = model->syntax;
    build->scope = scope;
    diag_enter(build->diag, syntax->value->span, "model '%s' is made of '%s' here", syntax->name, syntax->value->name);
    bool taken = take_model(build, model, design);
    diag_leave(build->diag);
    Change change = {.build = build, .design = design, .expansion = {.model = syntax->name}};
    for (int i = 0; taken && syntax->body && i < syntax->body->items.count; i++) {
        change.edit = syntax->body->items.at[i];
        taken = change.edit->kind != SYNTAX_BROKEN && carry_out(&change);
    }
    return taken;
}
