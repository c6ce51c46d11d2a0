/* Files: what `import` brings. `import "vgg16"` is vgg16.net in the folder of the file that imports it, else the model
 * of that name that netc carries. Blocks, models and constants of an imported file are known in the importing one,
 * where its own go before them; what an imported file imports itself is not, and its data and training stay there. */
#include <string.h>
#include <unistd.h>

#include "model/build.h"
#include "model/library.h"
#include "syntax/parse.h"

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

const LibraryText *library_find(const char *name)
{
    for (const LibraryText *text = library_texts; text->name; text++)
        if (strcmp(text->name, name) == 0)
            return text;
    return NULL;
}

/* Reports an import that is nowhere: what there is, or what was meant. */
static void report_missing(Build *build, const Syntax *import, const char *path)
{
    VEC(const char *) names = {0};
    Text all = text_new(build->arena);
    for (const LibraryText *text = library_texts; text->name; text++) {
        vec_push(build->arena, names, text->name);
        text_printf(&all, "%s%s", names.count > 1 ? ", " : "", text->name);
    }
    const char *closest = diag_closest(import->name, names.at, names.count);
    if (closest)
        diag_error(build->diag, import->name_span, "there is no file '%s', and no model of the library is called '%s'; "
                   "did you mean '%s'?", path, import->name, closest);
    else
        diag_error(build->diag, import->name_span, "there is no file '%s', and no model of the library is called '%s': "
                   "it has %s", path, import->name, all.bytes);
}

/* The text that is imported, or NULL after reporting. */
static const Source *find_source(Build *build, const Syntax *import)
{
    const char *path = arena_printf(build->arena, "%s%s.net", build->file->source->directory, import->name);
    const char *error = NULL;
    const Source *source = NULL;
    const LibraryText *text = library_find(import->name);
    bool carried = build->file->name && library_find(build->file->name) && !*build->file->source->directory;
    if (!carried && access(path, F_OK) == 0)
        source = source_read(build->arena, path, &error);
    else if (text)
        source = source_from_text(build->arena, arena_printf(build->arena, "<netc>/%s.net", text->name), text->text,
                                  strlen(text->text), &error);
    else
        report_missing(build, import, path);
    if (error)
        diag_error(build->diag, import->name_span, "%s", error);
    return source;
}

File *find_import(const File *file, const char *name)
{
    for (int i = 0; i < file->imports.count; i++)
        if (strcmp(file->imports.at[i]->name, name) == 0)
            return file->imports.at[i];
    return NULL;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* Reports that a file imports itself: a.net -> b.net -> a.net. */
static void report_circle(Build *build, const Syntax *import, const File *again)
{
    Text text = text_new(build->arena);
    bool inside = false;
    for (int i = 0; i < build->files.count; i++) {
        inside = inside || build->files.at[i] == again;
        if (inside && build->files.at[i]->open)
            text_printf(&text, "%s -> ", build->files.at[i]->source->path);
    }
    bool carried = again == build->file && library_find(import->name);
    diag_error(build->diag, import->name_span, "file imports itself: %s%s%s", text.bytes, again->source->path,
               carried ? "; to import the library's model, call this file otherwise" : "");
}

/* The file that an import names, read once; NULL after reporting. */
static File *open_import(Build *build, const Syntax *import)
{
    if (!import->name[0] || strchr(import->name, '/') || strchr(import->name, '.')) {
        diag_error(build->diag, import->name_span, "import expects the name of a file beside this one, or of a model "
                   "of the library, without folder and ending: import \"vgg16\"");
        return NULL;
    }
    const Source *source = find_source(build, import);
    if (!source)
        return NULL;
    for (int i = 0; i < build->files.count; i++) {
        File *other = build->files.at[i];
        if (strcmp(other->source->path, source->path))
            continue;
        if (other->open)
            report_circle(build, import, other);
        return other->open ? NULL : other;
    }
    File *file = arena_make(build->arena, File);
    *file = (File){.name = import->name, .source = source};
    diag_enter(build->diag, import->span, "'%s' is imported here", import->name);
    file->syntax = syntax_parse(build->arena, build->diag, source);
    read_file(build, file);
    diag_leave(build->diag);
    return file;
}

/* What two imports both bring, and this file does not have itself, is known as neither. */
static void check_clashes(Build *build, const Syntax *import, const File *file)
{
    for (int i = 0; i < build->file->imports.count; i++) {
        const File *other = build->file->imports.at[i];
        for (int a = 0; a < file->names.count; a++)
            for (int b = 0; b < other->names.count; b++) {
                if (strcmp(file->names.at[a].text, other->names.at[b].text))
                    continue;
                diag_error(build->diag, import->name_span, "'%s' and '%s' both define '%s': import one of them",
                           other->name, file->name, file->names.at[a].text);
                return;
            }
    }
}

static void take_import(Build *build, const Syntax *import)
{
    File *file = open_import(build, import);
    build->file->partial |= !file;
    for (int i = 0; file && i < build->file->imports.count; i++)
        if (build->file->imports.at[i] == file)
            return;
    if (!file)
        return;
    check_clashes(build, import, file);
    vec_push(build->arena, build->file->imports, file);
}

void define_name(Build *build, Name name)
{
    if (strchr(name.text, '.')) {
        diag_error(build->diag, name.span, "name has no dots: '%s'", name.text);
        return;
    }
    for (int i = 0; i < build->file->names.count; i++)
        if (strcmp(build->file->names.at[i].text, name.text) == 0) {
            diag_error(build->diag, name.span, "name '%s' is given twice", name.text);
            diag_note(build->diag, build->file->names.at[i].span, "the first one is here");
            return;
        }
    vec_push(build->arena, build->file->names, name);
}

/* Reports transforms in a list without Compose. */
static bool report_list(Build *build, const Syntax *syntax)
{
    const Syntax *value = syntax->value;
    bool list = value->kind == SYNTAX_LIST || value->kind == SYNTAX_TUPLE;
    for (int i = 0; list && i < value->items.count; i++) {
        if (!is_transform(value->items.at[i]))
            continue;
        diag_error(build->diag, value->span, "transforms are kept together by Compose: let %s = Compose([%s(...), "
                   "...])", syntax->name, value->items.at[i]->name);
        return true;
    }
    return false;
}

static void build_let(Build *build, const Syntax *syntax)
{
    Span span;
    const char *path = arena_printf(build->arena, "let.%s", syntax->name);
    const Constant *override = build->file->name ? NULL : setting_value(build, path, false, &span);
    Let let = {.name = syntax->name, .file = build->file};
    if (override) {
        let.value = *override;
    } else if (is_transform(syntax->value)) {
        let.value = (Constant){.kind = CONSTANT_TRANSFORMS, .s = syntax->name};
        let.transforms = syntax->value;
    } else if (report_list(build, syntax)) {
        let.value = (Constant){.kind = CONSTANT_BROKEN};
    } else {
        let.value = evaluate(build, syntax->value);
    }
    if (let.value.kind == CONSTANT_INFER) {
        diag_error(build->diag, syntax->value->span, "constant '%s' cannot be _", let.name);
        let.value.kind = CONSTANT_BROKEN;
    }
    vec_push(build->arena, build->file->lets, let);
}

/* The names that a file defines: those of an imported one's data stay there. */
static void define_names(Build *build, const Syntax *statement)
{
    bool main = !build->file->name;
    for (int n = 0; statement->kind == SYNTAX_DATA && main && n < statement->items.count; n++)
        if (statement->items.at[n]->kind == SYNTAX_NAME)
            define_name(build, (Name){statement->items.at[n]->name, statement->items.at[n]->name_span});
    if (statement->name && statement->kind != SYNTAX_TRAIN && statement->kind != SYNTAX_IMPORT)
        define_name(build, (Name){statement->name, statement->name_span});
}

void read_file(Build *build, File *file)
{
    static const SyntaxKind order[] = {SYNTAX_IMPORT, SYNTAX_BLOCK, SYNTAX_LET, SYNTAX_MODEL};
    File *outside = build->file;
    const Syntax *syntax = file->syntax;
    build->file = file;
    vec_push(build->arena, build->files, file);
    file->open = true;
    for (int i = 0; i < syntax->items.count; i++) {
        file->partial |= syntax->items.at[i]->kind == SYNTAX_BROKEN;
        define_names(build, syntax->items.at[i]);
    }
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        for (int i = 0; i < syntax->items.count; i++) {
            const Syntax *statement = syntax->items.at[i];
            if (order[k] == SYNTAX_IMPORT && statement->kind == SYNTAX_IMPORT)
                take_import(build, statement);
            if (order[k] == SYNTAX_BLOCK && statement->kind == SYNTAX_BLOCK)
                build_block(build, statement);
            if (order[k] == SYNTAX_LET && statement->kind == SYNTAX_LET)
                build_let(build, statement);
            if (order[k] == SYNTAX_MODEL && (statement->kind == SYNTAX_MODEL || statement->kind == SYNTAX_DERIVE))
                build_model(build, statement);
        }
        if (order[k] == SYNTAX_BLOCK)
            check_blocks(build);
    }
    file->open = false;
    build->file = outside;
}
