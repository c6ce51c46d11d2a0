/* Names of layers in a body: which there are, and what to say of one that is none. */
#include <string.h>

#include "model/build.h"

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

bool is_word_of_bodies(const char *name)
{
    return strcmp(name, "forward") == 0 || vocabulary_joint(name);
}

bool is_operation(const Syntax *call)
{
    return call->body ? is_word_of_bodies(call->name) : vocabulary_operation(call->name) != NULL;
}

/* What has braces and a name like this one. */
static const char *closest_with_braces(Arena *arena, const char *name)
{
    VEC(const char *) known = {0};
    for (int i = 0; vocabulary_layers[i]; i++) {
        const LayerKind *kind = vocabulary_layers[i];
        if (!kind->branches)
            continue;
        vec_push(arena, known, kind->name);
        vec_push(arena, known, arena_printf(arena, "%c%s", *kind->name | ('a' - 'A'), kind->name + 1));
    }
    vec_push(arena, known, "Sequential");
    vec_push(arena, known, "forward");
    vec_push(arena, known, "repeat");
    return diag_closest(name, known.at, known.count);
}

void report_no_layer(Build *build, const Syntax *call)
{
    const char *name = bare_name(call->name);
    if (diag_has_error_at(build->diag, call->name_span))
        return; /* repeated 10,000 times, it would be looked for as often */
    if (!call->body && find_model(build, name)) {
        diag_error(build->diag, call->name_span, "'%s' is a model and no layer: model Mine = %s() { append extra = ... "
                   "} makes one that goes on behind it", name, name);
        return;
    }
    if (call->body) {
        const char *refused = vocabulary_refused(name);
        const char *closest = closest_with_braces(build->arena, name);
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
    for (int i = 0; i < build->file->blocks.count; i++)
        vec_push(build->arena, names, build->file->blocks.at[i]->syntax->name);
    for (int f = 0; f < build->file->imports.count; f++)
        for (int i = 0; i < build->file->imports.at[f]->blocks.count; i++)
            vec_push(build->arena, names, build->file->imports.at[f]->blocks.at[i]->syntax->name);
    bool blocks = build->file->blocks.count || build->file->imports.count;
    vec_push(build->arena, names, "Sequential");
    for (int i = 0; build->file->partial && i < build->file->names.count; i++)
        if (strcmp(build->file->names.at[i].text, name) == 0)
            return; /* it is reported where it is defined */
    report_no_kind(build, blocks ? "layer or block" : "layer", name, call->name_span, names.at, names.count);
}
