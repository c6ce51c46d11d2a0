/* model_build: the statements of a file, bound and checked kind by kind: what it imports, blocks, constants, models,
 * data, training. */
#include <string.h>

#include "model/build.h"

static bool defines_model(const File *file, const char *name)
{
    for (int i = 0; i < file->models.count; i++)
        if (strcmp(file->models.at[i]->syntax->name, name) == 0)
            return true;
    return false;
}

/* The networks of a program: the file's own models, and what is trained of those that it imports; all of these, where
 * it has none and trains none. */
static void build_networks(Build *build, const Syntax *syntax)
{
    File *file = build->file;
    bool trains = false;
    for (int i = 0; i < file->models.count; i++)
        build_network(build, file->models.at[i]);
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *statement = syntax->items.at[i];
        if (statement->kind != SYNTAX_TRAIN || defines_model(file, statement->name))
            continue;
        trains = true;
        Model *model = find_model(build, statement->name);
        if (model)
            build_network(build, model);
    }
    for (int f = 0; f < file->imports.count && !trains && !file->models.count; f++)
        for (int i = 0; i < file->imports.at[f]->models.count; i++)
            build_network(build, file->imports.at[f]->models.at[i]);
}

static void build_kind(Build *build, const Syntax *file, SyntaxKind kind)
{
    for (int i = 0; i < file->items.count; i++) {
        const Syntax *statement = file->items.at[i];
        if (statement->kind == SYNTAX_DATA && kind == SYNTAX_DATA)
            build_data(build, statement);
        else if (statement->kind == SYNTAX_TRAIN && kind == SYNTAX_TRAIN)
            build_train(build, statement);
    }
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
    Program *program = arena_make(arena, Program);
    program->source = source;
    File file = {.source = source, .syntax = syntax};
    Build build = {.arena = arena, .diag = diag, .program = program, .file = &file};
    if (syntax->items.count > MAX_STATEMENTS) {
        diag_error(diag, syntax->items.at[MAX_STATEMENTS]->span, "file has more than %d statements", MAX_STATEMENTS);
        return NULL;
    }
    take_settings(&build, overrides, override_count);
    read_file(&build, &file);
    build.file = &file;
    build_networks(&build, syntax);
    build_kind(&build, syntax, SYNTAX_DATA);
    check_data(&build);
    build_kind(&build, syntax, SYNTAX_TRAIN);
    if (!file.partial) {
        check_settings(&build);
        if (!program->networks.count && !diag_error_count(diag))
            diag_error(diag, (Span){source, 0, 0}, "file has no model");
    }
    if (!file.partial && !diag_error_count(diag)) /* what uses it may be what is wrong */
        warn_of_unused(&build, syntax);
    return diag_error_count(diag) ? NULL : program;
}
