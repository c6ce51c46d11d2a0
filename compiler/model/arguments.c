/* From the arguments of the text, and those of the command line, to the arguments of a signature. */
#include <string.h>

#include "model/build.h"
#include "syntax/parse.h"

const char *bare_name(const char *name)
{
    static const char *const modules[] = {/* longer ones first */
        "torch.nn.init.", "nn.init.", "init.", "torch.nn.", "nn.", "torch.optim.lr_scheduler.", "optim.lr_scheduler.",
        "lr_scheduler.", "torch.optim.", "optim.", "torchvision.datasets.", "datasets.", "torchvision.transforms.",
        "transforms.", "torch.utils.data.", "utils.data.", "torchvision.ops.", "ops.", "torchmetrics.", NULL};
    for (const char *const *module = modules; *module; module++)
        if (strncmp(name, *module, strlen(*module)) == 0)
            return name + strlen(*module);
    return name;
}

void report_no_kind(Build *build, const char *what, const char *name, Span span, const char *const *names, int count)
{
    const char *refused = vocabulary_refused(name), *instead = vocabulary_function(name);
    const char *closest = refused || instead ? NULL : diag_closest(name, names, count);
    if (instead)
        diag_error(build->diag, span, "%s is a function of Python's: here it is %s", name, instead);
    else if (refused)
        diag_error(build->diag, span, "%s %s", name, refused);
    else if (closest)
        diag_error(build->diag, span, "no %s is called '%s'; did you mean '%s'?", what, name, closest);
    else
        diag_error(build->diag, span, "no %s is called '%s': 'netc help' lists what there is", what, name);
}

const void *find_kind(Build *build, const char *what, const Syntax *call, const void *kinds)
{
    VEC(const char *) names = {0};
    for (const void *const *kind = kinds; *kind; kind++) {
        const char *name = *(const char *const *)*kind;
        if (strcmp(name, bare_name(call->name)) == 0)
            return *kind;
        vec_push(build->arena, names, name);
    }
    report_no_kind(build, what, bare_name(call->name), call->name_span, names.at, names.count);
    return NULL;
}

const Constant *setting_value(Build *build, const char *path, bool text, Span *span)
{
    if (!build->settings.count || build->plain)
        return NULL;
    vec_push(build->arena, build->paths, path);
    Setting *setting = NULL;
    for (int i = 0; i < build->settings.count; i++) /* of several for one path, the last one counts */
        if (strcmp(build->settings.at[i].path, path) == 0) {
            setting = &build->settings.at[i];
            setting->used = true;
        }
    if (!setting)
        return NULL;
    *span = (Span){setting->source, 0, setting->source->length};
    Constant *value = arena_make(build->arena, Constant);
    const Syntax *syntax = syntax_parse_value(build->arena, setting->source);
    bool quoted = syntax && (syntax->kind == SYNTAX_STRING || syntax->kind == SYNTAX_NONE);
    if (!syntax || (text && !quoted))
        *value = (Constant){.kind = CONSTANT_STRING, .s = setting->text};
    else
        *value = evaluate(build, syntax);
    return value;
}

/* The value of the argument at `place`, -1 where it has a name. */
static Constant evaluate_argument(Build *build, const Param *params, int place, const Syntax *argument)
{
    const Syntax *value = argument->value;
    if (place >= 0 && value->kind == SYNTAX_NAME && signature_find(params, value->name) >= 0 &&
        !is_constant(build, value->name)) {
        diag_error(build->diag, value->span, "argument '%s' has no value: write %s=...", value->name, value->name);
        return (Constant){.kind = CONSTANT_BROKEN};
    }
    for (int p = 0; value->kind == SYNTAX_NAME && params[p].name; p++) {
        if (argument->name ? strcmp(params[p].name, argument->name) != 0 : p != place)
            continue;
        if (params[p].type == ARG_WORD)
            return (Constant){.kind = CONSTANT_STRING, .s = value->name};
        if (params[p].refused || !signature_takes_word(params[p].type, value->name) || is_constant(build, value->name))
            break;
        diag_error(build->diag, value->span, "%s is a string here: write quotes around it, \"%s\"", value->name,
                   value->name);
        return (Constant){.kind = CONSTANT_BROKEN};
    }
    return evaluate(build, value);
}

const Constant *first_value(Build *build, const char *path, const char *full, bool text, Span *span)
{
    const Constant *value = setting_value(build, path, text, span);
    return value ? value : setting_value(build, full, text, span);
}

bool bind_arguments(Build *build, const char *name, const Param *params, const Syntax *const *arguments, int count,
                    Span call, const char *path, bool is_first, Args *args)
{
    VEC(Given) given = {0};
    for (int i = 0, position = 0; i < count; i++) {
        const Syntax *argument = arguments[i];
        Given one = {.name = argument->name, .name_span = argument->name_span, .span = argument->value->span};
        one.value = evaluate_argument(build, params, argument->name ? -1 : position++, argument);
        vec_push(build->arena, given, one);
    }
    for (int p = 0; params[p].name; p++) {
        if (params[p].refused)
            continue;
        Span span;
        const char *full = arena_printf(build->arena, "%s.%s", path, params[p].name);
        bool text = params[p].type == ARG_STRING || params[p].type == ARG_WORD;
        const Constant *value = is_first && p == 0 ? first_value(build, path, full, text, &span)
                                                   : setting_value(build, full, text, &span);
        if (!value)
            continue;
        Given *place = NULL;
        for (int i = 0, position = 0; i < given.count && !place; i++)
            if (given.at[i].name ? strcmp(given.at[i].name, params[p].name) == 0 : position++ == p)
                place = &given.at[i];
        if (place) {
            place->value = *value;
            place->span = span;
        } else {
            Given one = {.name = params[p].name, .name_span = span, .span = span, .value = *value};
            vec_push(build->arena, given, one);
        }
    }
    return signature_bind(build->arena, build->diag, name, params, given.at, given.count, call, args);
}
