/* model_build: the statements of a file, each bound and checked in the file's order of kinds: constants, models, data,
 * training. */
#include <string.h>

#include "model/build.h"

void define_name(Build *build, Name name)
{
    if (strchr(name.text, '.')) {
        diag_error(build->diag, name.span, "name has no dots: '%s'", name.text);
        return;
    }
    for (int i = 0; i < build->names.count; i++)
        if (strcmp(build->names.at[i].text, name.text) == 0) {
            diag_error(build->diag, name.span, "name '%s' is given twice", name.text);
            diag_note(build->diag, build->names.at[i].span, "the first one is here");
            return;
        }
    vec_push(build->arena, build->names, name);
}

static void build_let(Build *build, const Syntax *syntax)
{
    Span span;
    const Constant *override = setting_value(build, arena_printf(build->arena, "let.%s", syntax->name), false, &span);
    Let let = {.name = syntax->name};
    if (override) {
        let.value = *override;
    } else if (is_transform(syntax->value)) {
        let.value = (Constant){.kind = CONSTANT_TRANSFORMS, .s = syntax->name};
        let.transforms = syntax->value;
    } else {
        let.value = evaluate(build, syntax->value);
    }
    if (let.value.kind == CONSTANT_INFER) {
        diag_error(build->diag, syntax->value->span, "constant '%s' cannot be _", let.name);
        let.value.kind = CONSTANT_BROKEN;
    }
    vec_push(build->arena, build->lets, let);
}

/* The parts of the language that are read but not yet understood. */
static void refuse(Build *build, const Syntax *syntax)
{
    Span word = {syntax->span.source, syntax->span.start, syntax->span.start + 6};
    if (syntax->kind == SYNTAX_IMPORT) {
        diag_error(build->diag, word, "'import' is not supported yet: write the model in this file");
    } else {
        diag_error(build->diag, syntax->value->span,
                   "model made of another one is not supported yet: write its layers in braces; in its train block "
                   "'load' takes what the other one has learned, and 'freeze' keeps parts of it");
    }
}

static void build_kind(Build *build, const Syntax *file, SyntaxKind kind)
{
    for (int i = 0; i < file->items.count; i++) {
        const Syntax *statement = file->items.at[i];
        if (statement->kind != kind)
            continue;
        switch (kind) {
        case SYNTAX_LET: build_let(build, statement); break;
        case SYNTAX_BLOCK: build_block(build, statement); break;
        case SYNTAX_MODEL: build_network(build, statement); break;
        case SYNTAX_DATA: build_data(build, statement); break;
        case SYNTAX_TRAIN: build_train(build, statement); break;
        default: refuse(build, statement); break;
        }
    }
}

/* Whether there are statements that define names which will not be known. */
static bool loses_any(const Syntax *file)
{
    for (int i = 0; i < file->items.count; i++) {
        SyntaxKind kind = file->items.at[i]->kind;
        if (kind == SYNTAX_IMPORT || kind == SYNTAX_DERIVE || kind == SYNTAX_BROKEN)
            return true;
    }
    return false;
}

static void take_settings(Build *build, const Override *overrides, int count)
{
    for (int i = 0; i < count; i++) {
        const char *error = NULL, *path = arena_printf(build->arena, "--set %s", overrides[i].path);
        const Source *source =
            source_from_text(build->arena, path, overrides[i].text, strlen(overrides[i].text), &error);
        if (!source) {
            diag_error(build->diag, (Span){0}, "%s", error);
            continue;
        }
        Setting setting = {.path = overrides[i].path, .text = overrides[i].text, .source = source};
        vec_push(build->arena, build->settings, setting);
    }
}

static void check_settings(Build *build)
{
    for (int i = 0; i < build->settings.count; i++) {
        const Setting *setting = &build->settings.at[i];
        if (setting->used)
            continue;
        const char *closest = diag_closest(setting->path, build->paths.at, build->paths.count);
        if (closest)
            diag_error(build->diag, (Span){0}, "--set %s: the file has no such value; did you mean '%s'?",
                       setting->path, closest);
        else
            diag_error(build->diag, (Span){0},
                       "--set %s: the file has no such value; paths are such as 'train.optimizer.lr'", setting->path);
    }
}

Program *model_build(Arena *arena, Diag *diag, const Source *source, const Syntax *syntax, const Override *overrides,
                     int override_count)
{
    static const SyntaxKind order[] = {SYNTAX_IMPORT, SYNTAX_BLOCK, SYNTAX_LET,  SYNTAX_MODEL,
                                       SYNTAX_DERIVE, SYNTAX_DATA,  SYNTAX_TRAIN};
    Program *program = arena_make(arena, Program);
    program->source = source;
    Build build = {.arena = arena, .diag = diag, .program = program, .partial = loses_any(syntax)};
    if (syntax->items.count > MAX_STATEMENTS) {
        diag_error(diag, syntax->items.at[MAX_STATEMENTS]->span, "file has more than %d statements", MAX_STATEMENTS);
        return NULL;
    }
    take_settings(&build, overrides, override_count);
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *statement = syntax->items.at[i];
        for (int n = 0; statement->kind == SYNTAX_DATA && n < statement->items.count; n++)
            if (statement->items.at[n]->kind == SYNTAX_NAME)
                define_name(&build, (Name){statement->items.at[n]->name, statement->items.at[n]->name_span});
        if (statement->name && statement->kind != SYNTAX_TRAIN && statement->kind != SYNTAX_IMPORT)
            define_name(&build, (Name){statement->name, statement->name_span});
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        build_kind(&build, syntax, order[i]);
        if (order[i] == SYNTAX_BLOCK)
            check_blocks(&build);
        if (order[i] == SYNTAX_DATA)
            check_data(&build);
    }
    if (!build.partial) {
        check_settings(&build);
        if (!program->networks.count && !diag_error_count(diag))
            diag_error(diag, (Span){source, 0, 0}, "file has no model");
    }
    if (!build.partial && !diag_error_count(diag)) /* what uses it may be what is wrong */
        warn_of_unused(&build, syntax);
    return diag_error_count(diag) ? NULL : program;
}
