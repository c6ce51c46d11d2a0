/* data NAME = Kind(arguments) { transforms } */
#include <ctype.h>
#include <string.h>

#include "base/character.h"
#include "model/build.h"

static bool is_transform_name(const char *name)
{
    for (int i = 0; vocabulary_transforms[i]; i++)
        if (strcmp(vocabulary_transforms[i]->name, bare_name(name)) == 0)
            return true;
    return strcmp(bare_name(name), "Compose") == 0;
}

bool is_transform(const Syntax *call)
{
    return call->kind == SYNTAX_CALL && is_transform_name(call->name);
}

const Let *find_transforms(const Build *build, const char *name)
{
    const Let *let = find_let(build->file, name);
    return let && let->transforms ? let : NULL;
}

static const TransformKind *find_transform(Build *build, const Syntax *call)
{
    VEC(const char *) names = {0};
    for (int i = 0; vocabulary_transforms[i]; i++) {
        if (strcmp(vocabulary_transforms[i]->name, bare_name(call->name)) == 0)
            return vocabulary_transforms[i];
        vec_push(build->arena, names, vocabulary_transforms[i]->name);
    }
    report_no_kind(build, "transform", bare_name(call->name), call->name_span, names.at, names.count);
    return NULL;
}

static const DatasetKind *find_dataset(Build *build, const Syntax *call)
{
    VEC(const char *) names = {0};
    for (int i = 0; vocabulary_datasets[i]; i++) {
        if (strcmp(vocabulary_datasets[i]->name, bare_name(call->name)) == 0)
            return vocabulary_datasets[i];
        vec_push(build->arena, names, vocabulary_datasets[i]->name);
    }
    report_no_kind(build, "data set", bare_name(call->name), call->name_span, names.at, names.count);
    return NULL;
}

/* Whether a transform stands where it can: its kind of data, and bytes or floats before it. False after reporting. */
static bool check_stage(Build *build, const DataEntry *entry, const TransformKind *kind, Span span, bool bytes)
{
    Diag *diag = build->diag;
    const DatasetKind *set = entry->data->kind;
    bool table = kind->stage == STAGE_TABLE;
    if (!set)
        return true;
    if (table != set->table) {
        if (table)
            diag_error(diag, span, "%s is for tables: what pictures have is Normalize(mean, std)", kind->name);
        else
            diag_error(diag, span, "%s is for pictures: what tables have is Standardize() and MinMax()", kind->name);
        return false;
    }
    if (table || kind->stage == STAGE_EITHER || !entry->known || (kind->stage == STAGE_TENSOR) != bytes)
        return true;
    if (bytes)
        diag_error(diag, span, "%s expects floats but gets bytes: put ToTensor() before it", kind->name);
    else
        diag_error(diag, span, "%s expects bytes but gets floats: the samples are floats already", kind->name);
    return false;
}

static bool add_transform(Build *build, DataEntry *entry, const Syntax *call, const char *path);

/* Compose([Resize(256), ToTensor()]): its transforms, one by one. */
static bool add_composed(Build *build, DataEntry *entry, const Syntax *call, const char *path)
{
    const Syntax *argument = call->items.count == 1 ? call->items.at[0] : NULL;
    const Syntax *list = argument && (!argument->name || strcmp(argument->name, "transforms") == 0) ?
                             argument->value : NULL;
    if (!list || (list->kind != SYNTAX_LIST && list->kind != SYNTAX_TUPLE)) {
        diag_error(build->diag, call->span, "Compose expects a list of transforms: Compose([Resize(256), ToTensor()])");
        return false;
    }
    for (int i = 0; i < list->items.count; i++)
        entry->known &= add_transform(build, entry, list->items.at[i], path);
    return entry->known;
}

/* The transforms of a constant, which knows only constants before it: so none holds itself. */
static bool add_constant(Build *build, DataEntry *entry, const Let *let, Span use, const char *path)
{
    File *outside = build->file;
    build->file = let->file;
    int all = let->file->lets.count;
    let->file->lets.count = (int)(let - let->file->lets.at);
    diag_enter(build->diag, use, "constant '%s' is used here", let->name);
    bool good = add_transform(build, entry, let->transforms, path);
    diag_leave(build->diag);
    let->file->lets.count = all;
    build->file = outside;
    return good;
}

/* Adds one transform, whose arguments --set calls data.PATH.... False after a mistake, after which nothing is known of
 * the samples. */
static bool add_transform(Build *build, DataEntry *entry, const Syntax *call, const char *path)
{
    Data *data = entry->data;
    if (call->kind == SYNTAX_BROKEN)
        return false;
    const Let *let = call->kind == SYNTAX_NAME ? find_transforms(build, call->name) : NULL;
    if (let)
        return add_constant(build, entry, let, call->span, path);
    if (call->kind == SYNTAX_NAME && is_transform_name(call->name)) {
        diag_error(build->diag, call->span, "%s lacks its parentheses: %s()", call->name, call->name);
        return false;
    }
    const Let *other = call->kind == SYNTAX_NAME ? find_let(build->file, call->name) : NULL;
    if (other) {
        if (other->value.kind != CONSTANT_BROKEN)
            diag_error(build->diag, call->span, "constant '%s' is %s, and no transforms: "
                       "let %s = Compose([ToTensor()]) makes it such", call->name,
                       constant_text(build->arena, other->value), call->name);
        return false;
    }
    if (call->kind == SYNTAX_CALL && !call->items.count && find_transforms(build, call->name)) {
        diag_error(build->diag, call->span, "constant '%s' stands without parentheses: { %s }", call->name, call->name);
        return false;
    }
    if (call->kind == SYNTAX_NAME) {
        diag_error(build->diag, call->span, "no transforms are called '%s': 'let %s = Compose([...])' before it makes "
                   "them", call->name, call->name);
        return false;
    }
    if (call->kind != SYNTAX_CALL) {
        diag_error(build->diag, call->span, "transforms of '%s' are calls such as 'ToTensor()'", data->name);
        return false;
    }
    if (strcmp(bare_name(call->name), "Compose") == 0)
        return add_composed(build, entry, call, path);
    const TransformKind *kind = find_transform(build, call);
    if (!kind)
        return false;
    Transform transform = {.kind = kind};
    if (!bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at, call->items.count,
                        call->span, arena_printf(build->arena, "data.%s.%s", path, kind->name), false,
                        &transform.args))
        return false;
    if (!check_stage(build, entry, kind, call->span, entry->pictures))
        return false;
    if (entry->known && kind->moves && data->kind->masks && data->kind->masks(&data->args)) {
        diag_error(build->diag, call->span, "%s moves the pixels of a picture, but not the classes that they have in "
                   "'%s'", kind->name, data->name);
        return false;
    }
    entry->pictures = entry->pictures && kind->stage != STAGE_TO_TENSOR;
    data->bytes = data->bytes && (entry->pictures || !kind->floats);
    vec_push(build->arena, data->transforms, transform);
    if (entry->known && (kind->stage == STAGE_PICTURE || kind->stage == STAGE_EITHER) && entry->sample.rank != 3) {
        diag_error(build->diag, call->span, "%s expects pictures but gets %s", kind->name,
                   shape_text(build->arena, entry->sample));
        return false;
    }
    return !entry->known || kind->check(build->arena, build->diag, &transform.args, entry->sample, &entry->sample);
}

void add_transforms(Build *build, DataEntry *entry, const Syntax *body, const char *path)
{
    for (int i = 0; body && i < body->items.count; i++)
        if (!add_transform(build, entry, body->items.at[i], path))
            entry->known = false;
}

/* The place of `transform=` among a data set's arguments where transforms stand there, as in Python; else -1. */
static int transform_argument(const Build *build, const DatasetKind *kind, const Syntax *call)
{
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        const Syntax *value = argument->value;
        if (argument->name && strcmp(argument->name, "transform") == 0 &&
            (value->kind == SYNTAX_CALL || (value->kind == SYNTAX_NAME && find_transforms(build, value->name))))
            return signature_find(kind->params, "transform") >= 0 ? i : -1;
    }
    return -1;
}

/* Binds a data set's arguments, but for the one at `without`, and finds out what a sample is. */
static bool describe_data(Build *build, const DatasetKind *kind, const Syntax *call, int without, const char *path,
                          DataEntry *entry, Args *args)
{
    VEC(const Syntax *) arguments = {0};
    for (int i = 0; i < call->items.count; i++)
        if (i != without)
            vec_push(build->arena, arguments, call->items.at[i]);
    return bind_arguments(build, kind->name, kind->params, arguments.at, arguments.count, call->span,
                          arena_printf(build->arena, "data.%s", path), false, args) &&
           kind->describe(build->arena, build->diag, args, &entry->sample, &entry->classes);
}

/* How many names a data set of this kind has. */
static bool check_names(Build *build, const Syntax *syntax, const DatasetKind *kind, const Args *args)
{
    int names = syntax->items.count, parts = kind->view == VIEW_SPLIT ? args->at[1].list_count : 1;
    const Syntax *last = syntax->items.at[names - 1];
    if (names != parts) {
        diag_error(build->diag, last->span, "%s gives %d data set%s but has %d name%s", kind->name, parts,
                   parts == 1 ? "" : "s", names, names == 1 ? "" : "s");
        return false;
    }
    if (parts == 1 && last->kind == SYNTAX_INFER)
        diag_error(build->diag, last->span, "data set needs a name: '_' stands for a part that nobody wants");
    return true;
}

/* Whether the emitted main() may mean something else by it: C, the headers' macros and functions, main() itself. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = {
        "argc", "argv", "asm", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue",
        "default", "do", "double", "else", "enum", "extern", "false", "float", "for", "goto", "i386", "if",
        "inline", "int", "kernels", "linux", "long", "main", "nullptr", "register", "restrict", "return", "run",
        "short", "signed", "sizeof", "static", "struct", "switch", "true", "typedef", "typeof", "union", "unix",
        "unsigned", "void", "volatile", "while", NULL};
    bool small = false;
    for (const char *c = name; *c; c++)
        small = small || islower((unsigned char)*c);
    for (const char *const *word = words; *word; word++)
        if (!strcmp(*word, name))
            return true;
    return !small || !strncmp(name, "nc_", 3) || name[0] == '_';
}

static bool is_name(const Build *build, const char *name)
{
    for (int i = 0; i < build->file->names.count; i++)
        if (!strcmp(build->file->names.at[i].text, name))
            return true;
    return false;
}

const char *data_variable(Build *build, const char *name)
{
    const char *variable = character_identifier(build->arena, name);
    if (!strcmp(variable, name) && !is_reserved(name) && is_name(build, name))
        return variable;
    while (is_reserved(variable) || is_name(build, variable))
        variable = arena_printf(build->arena, "data%s%s", *variable == '_' ? "" : "_", variable);
    return variable;
}

void build_data(Build *build, const Syntax *syntax)
{
    const Syntax *call = syntax->value;
    const DatasetKind *kind = call->kind == SYNTAX_CALL ? find_dataset(build, call) : NULL;
    const char *path = "_";
    for (int i = syntax->items.count - 1; i >= 0; i--)
        path = syntax->items.at[i]->name ? syntax->items.at[i]->name : path;
    int transform = kind ? transform_argument(build, kind, call) : -1;
    Args args = {0};
    DataEntry like = {.call = call->span, .pictures = kind && kind->bytes};
    like.known = kind && describe_data(build, kind, call, transform, path, &like, &args) &&
                 check_names(build, syntax, kind, &args);
    if (transform >= 0 && syntax->body && syntax->body->items.count > 0)
        diag_error(build->diag, call->items.at[transform]->span, "transforms of '%s' stand in braces behind it too: "
                   "write them in one place", path);
    for (int part = 0; part < syntax->items.count; part++) {
        const Syntax *name = syntax->items.at[part];
        if (name->kind != SYNTAX_NAME)
            continue;
        Data *data = arena_make(build->arena, Data);
        DataEntry entry = like;
        *data = (Data){.name = name->name, .variable = data_variable(build, name->name), .span = name->name_span,
                       .kind = kind, .args = args,
                       .part = part, .bytes = like.pictures};
        entry.data = data;
        if (kind && kind->view) {
            if (entry.known)
                build_view(build, &entry, syntax->body);
        } else if (transform >= 0) {
            entry.known &= add_transform(build, &entry, call->items.at[transform]->value, path);
        } else {
            add_transforms(build, &entry, syntax->body, path);
        }
        vec_push(build->arena, build->data, entry);
        vec_push(build->arena, build->program->data, data);
    }
}

void check_data(Build *build)
{
    for (int i = 0; i < build->data.count; i++) {
        const DataEntry *entry = &build->data.at[i];
        if (entry->known && entry->pictures && !entry->replaced && !entry->data->kind->view)
            diag_error(build->diag, entry->call,
                       "%s gives bytes but a model takes floats: write { ToTensor() } behind it",
                       entry->data->kind->name);
        else if (entry->known && entry->pictures && entry->data->kind->view)
            diag_error(build->diag, entry->call, "samples of '%s' are bytes but a model takes floats: write "
                       "{ ToTensor() } behind it", entry->data->name);
    }
}
