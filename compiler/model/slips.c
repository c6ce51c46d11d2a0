/* Changes of a model as Python writes them, `classifier[6] = Linear(4096, 10)`, `add_module(...)`, `del`: what stands
 * for them here, with the paths and the layers that were written. */
#include <stdlib.h>
#include <string.h>

#include "model/build.h"

/* What Python and other libraries call it. */
static const struct {
    const char *word, *verb;
} other_words[] = {
    {"add", "append"},      {"add_module", "append"}, {"register_module", "append"}, {"extend", "append"},
    {"set", "replace"},     {"setattr", "replace"},   {"set_submodule", "replace"},  {"swap", "replace"},
    {"del", "remove"},      {"delete", "remove"},     {"delattr", "remove"},         {"drop", "remove"},
    {"pop", "remove"},      {"lock", "freeze"},       {"requires_grad_", "freeze"},  {"requires_grad", "freeze"},
    {"parameters", "freeze"}, {"named_parameters", "freeze"},
};

/* The verb that a word means, or NULL. */
static const char *verb_of(const char *word)
{
    for (int i = 0; change_word(i); i++)
        if (strcmp(change_word(i), word) == 0)
            return change_word(i);
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++)
        if (strcmp(other_words[i].word, word) == 0)
            return other_words[i].verb;
    return NULL;
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

int child_index(const Module *parent, const char *name)
{
    for (int i = 0; i < parent->children.count; i++)
        if (strcmp(parent->children.at[i]->name, name) == 0)
            return i;
    return -1;
}

/* The child that one part of a path names, -1 being the last one; NULL: none. */
static const Module *child_of(const Module *module, const char *part)
{
    int count = module->children.count;
    long from_end = *part == '-' ? strtol(part, NULL, 10) : 0; /* LONG_MIN for what is smaller */
    int index = *part != '-' ? child_index(module, part) : from_end < -count ? -1 : count + (int)from_end;
    return index >= 0 && index < count ? module->children.at[index] : NULL;
}

/* The next part of a path with dots and brackets, without quotes; NULL: there is none. */
static const char *next_part(Arena *arena, const char **at)
{
    static const char between[] = ".[]\"' \t\n";
    *at += strspn(*at, between);
    size_t length = strcspn(*at, between);
    const char *part = length ? arena_copy(arena, *at, length) : NULL;
    *at += length;
    return part;
}

const char *plain_path(Build *build, const Module *root, const char *written)
{
    const char *at = written, *first = next_part(build->arena, &at), *behind = at;
    const char *second = first ? next_part(build->arena, &behind) : NULL;
    bool outside = first && !child_of(root, first) && second && child_of(root, second); /* model.classifier */
    const Module *module = root;
    Text path = text_new(build->arena);
    at = outside ? at : written;
    for (const char *part; (part = next_part(build->arena, &at));) {
        module = module ? child_of(module, part) : NULL;
        text_printf(&path, "%s%s", path.length ? "." : "", module ? module->name : part);
    }
    return path.bytes;
}

/* The beginning of a plain path that names modules, "" if nothing does; *whole: all of it does. */
static const char *known_path(Build *build, const Module *root, const char *path, bool *whole)
{
    const char *end = path;
    for (const char *at = path, *part; root && (part = next_part(build->arena, &at));) {
        root = child_of(root, part);
        end = root ? at : end;
    }
    *whole = *path && !*end;
    return arena_copy(build->arena, path, (size_t)(end - path));
}

/* ---- What was written -------------------------------------------------------------------------------------------- */

static const char *source_text(Build *build, Span span)
{
    enum { LONGEST = 60 };
    const char *text = span.source->text + span.start;
    size_t length = (size_t)(span.end - span.start), line = strcspn(text, "\n");
    return line < length || length > LONGEST ? "..." : arena_copy(build->arena, text, length);
}

/* "features, avgpool and classifier" */
static const char *children_text(Build *build, const Module *root)
{
    Text text = text_new(build->arena);
    for (int i = 0, count = root->children.count; i < count; i++)
        text_printf(&text, "%s%s", !i ? "" : i + 1 < count ? ", " : " and ", root->children.at[i]->name);
    return text.bytes;
}

/* How a change of a path is written: "replace classifier.6 = Linear(4096, 10)". */
static const char *change_text(Build *build, const char *verb, const char *path, const Syntax *value)
{
    return change_brings(verb) ? arena_printf(build->arena, "%s %s = %s", verb, path,
                                       value ? source_text(build, value->span) : "...")
                        : arena_printf(build->arena, "%s %s", verb, path);
}

static const char *first_child(const Module *root)
{
    return root->children.count ? root->children.at[0]->name : "0";
}

/* A verb alone, of which it is not said what it is about. */
static void report_bare(Build *build, const Module *root, const char *verb, Span span)
{
    const char *child = root->children.count && change_brings(verb) ? root->children.at[root->children.count - 1]->name
                                                             : first_child(root);
    const char *example = change_brings(verb) ? arena_printf(build->arena, "%s %s = Linear(_, 10)", verb, child)
                                       : arena_printf(build->arena, "%s %s", verb, child);
    if (root->children.count)
        diag_error(build->diag, span, "'%s' expects the path of a child: %s; the children are %s", verb,
                   strcmp(verb, "append") && strcmp(verb, "insert") ? example :
                   arena_printf(build->arena, "%s %s.0 = ReLU()", verb, child), children_text(build, root));
    else
        diag_error(build->diag, span, "'%s' expects the path of a child, and the model has none", verb);
}

/* ---- Kinds of slips ---------------------------------------------------------------------------------------------- */

/* fc = Linear(512, 2), fc: Linear(512, 2), classifier[6] = ..., features.requires_grad = False */
static void report_assignment(Build *build, const Module *root, const Syntax *edit)
{
    const char *path = plain_path(build, root, edit->target);
    bool there;
    const char *known = known_path(build, root, path, &there);
    if (edit->value->kind == SYNTAX_TRUE || edit->value->kind == SYNTAX_FALSE)
        diag_error(build->diag, edit->span, "what does not learn is named by 'freeze': %s",
                   change_text(build, "freeze", *known ? known : first_child(root), NULL));
    else if (there)
        diag_error(build->diag, edit->target_span, "a change begins with what it does: %s",
                   change_text(build, "replace", path, edit->value));
    else
        diag_error(build->diag, edit->target_span, "a change begins with what it does, and there is no child '%s': %s",
                   path, change_text(build, "append", path, edit->value));
}

/* Whether a call makes a layer or a block. */
static bool is_module(const Build *build, const Syntax *call)
{
    return find_layer(bare_name(call->name)) || find_block(build, call->name) || is_sequential(bare_name(call->name));
}

/* The path that the first argument of a call names: "name" or classifier.6; NULL: it is none. */
static const char *argument_path(Build *build, const Module *root, const Syntax *call, int place)
{
    if (place >= call->items.count)
        return NULL;
    const Syntax *value = call->items.at[place]->value;
    if (value->kind == SYNTAX_STRING || value->kind == SYNTAX_NAME || value->kind == SYNTAX_INT)
        return plain_path(build, root, value->name);
    return NULL;
}

/* add_module("extra", Linear(10, 10)), classifier.append(ReLU()), features.requires_grad_(False), Linear(10, 10) */
static void report_call(Build *build, const Module *root, const Syntax *call)
{
    const char *dot = strrchr(call->name, '.'), *word = dot ? dot + 1 : call->name, *verb = verb_of(word);
    const char *front = plain_path(build, root, dot ? arena_copy(build->arena, call->name,
                                                                 (size_t)(dot - call->name)) : "");
    bool there;
    const char *known = known_path(build, root, front, &there), *path = argument_path(build, root, call, 0);
    const Syntax *value = call->items.count ? call->items.at[call->items.count - 1]->value : NULL;
    front = there ? front : known;
    if (is_module(build, call)) {
        diag_error(build->diag, call->span, "a change says what it does, and where: append extra = %s",
                   source_text(build, call->span));
        return;
    }
    if (!verb) {
        diag_error(build->diag, call->name_span, "no change is called '%s': there are replace, append, insert, remove "
                   "and freeze", call->name);
        return;
    }
    if (!path && strcmp(verb, "append") == 0) { /* append(ReLU()) */
        const Module *parent = root;
        for (const char *at = front, *part; (part = next_part(build->arena, &at));)
            parent = child_of(parent, part);
        path = arena_printf(build->arena, "%d", parent->children.count);
    }
    if (path && value && value->kind == SYNTAX_CALL)
        path = *front ? arena_printf(build->arena, "%s.%s", front, path) : path;
    else if (!path || *front)
        path = front;
    if (*path)
        diag_error(build->diag, call->span, "a change is no call: %s",
                   change_text(build, verb, path, value && value->kind == SYNTAX_CALL ? value : NULL));
    else
        report_bare(build, root, verb, call->span);
}

bool report_slip(Build *build, const Module *root, const Syntax *edit)
{
    const char *verb = edit->name ? verb_of(edit->name) : NULL;
    bool known = verb && strcmp(verb, edit->name) == 0, there;
    if (edit->kind == SYNTAX_CALL) {
        report_call(build, root, edit);
    } else if (!edit->name) {
        report_assignment(build, root, edit);
    } else if (strcmp(edit->name, "unfreeze") == 0) {
        diag_error(build->diag, edit->name_span, "no change is called 'unfreeze': what no 'freeze' names learns");
    } else if (!verb) {
        VEC(const char *) words = {0};
        for (int i = 0; change_word(i); i++)
            vec_push(build->arena, words, change_word(i));
        const char *closest = diag_closest(edit->name, words.at, words.count);
        diag_error(build->diag, edit->name_span, "no change is called '%s'%s%s%s", edit->name,
                   closest ? "; did you mean '" : ": there are replace, append, insert, remove and freeze",
                   closest ? closest : "", closest ? "'?" : "");
    } else if (!edit->target && !edit->value) {
        report_bare(build, root, verb, edit->span);
    } else if (!edit->target && is_module(build, edit->value)) { /* append Linear(10, 10) */
        diag_error(build->diag, edit->value->span, "a change says where, before what is to be there: %s",
                   change_text(build, verb, "extra", edit->value));
    } else if (!edit->target) { /* freeze features.parameters() */
        const char *path = known_path(build, root, plain_path(build, root, edit->value->name), &there);
        diag_error(build->diag, edit->value->span, "'%s' expects a path, not a call: %s", verb,
                   change_text(build, verb, *path ? path : first_child(root), edit->value));
    } else if (!known) {
        diag_error(build->diag, edit->name_span, "no change is called '%s': %s", edit->name,
                   change_text(build, verb, plain_path(build, root, edit->target), edit->value));
    } else if (strchr(edit->target, '[')) {
        diag_error(build->diag, edit->target_span, "a path has dots and no brackets: %s",
                   change_text(build, verb, plain_path(build, root, edit->target), edit->value));
    } else {
        return false;
    }
    return true;
}
