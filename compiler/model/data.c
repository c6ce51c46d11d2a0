/* data NAME = Kind(arguments) { transforms } */
#include <string.h>

#include "model/build.h"

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

/* Samples of one size are what a model can take. */
static void check_extents(Build *build, const DataEntry *entry, Span call)
{
    for (int i = 0; !entry->data->kind->table && i < entry->sample.rank; i++)
        if (entry->sample.dim[i] == EXTENT_UNKNOWN) {
            diag_error(build->diag, call,
                       "pictures of '%s' have sizes of their own but a model takes one: write Resize((height, width)) "
                       "or a crop in the braces behind it", entry->data->name);
            return;
        }
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

static bool add_transform(Build *build, DataEntry *entry, const Syntax *call, bool *bytes);

/* Compose([Resize(256), ToTensor()]): its transforms, one by one. */
static bool add_composed(Build *build, DataEntry *entry, const Syntax *call, bool *bytes)
{
    const Syntax *argument = call->items.count == 1 ? call->items.at[0] : NULL;
    const Syntax *list = argument && (!argument->name || strcmp(argument->name, "transforms") == 0) ?
                             argument->value : NULL;
    if (!list || (list->kind != SYNTAX_LIST && list->kind != SYNTAX_TUPLE)) {
        diag_error(build->diag, call->span, "Compose expects a list of transforms: Compose([Resize(256), ToTensor()])");
        return false;
    }
    for (int i = 0; i < list->items.count; i++)
        entry->known &= add_transform(build, entry, list->items.at[i], bytes);
    return entry->known;
}

/* Adds one transform. False after a mistake, after which nothing is known of the samples. */
static bool add_transform(Build *build, DataEntry *entry, const Syntax *call, bool *bytes)
{
    Data *data = entry->data;
    if (call->kind == SYNTAX_BROKEN)
        return false;
    if (call->kind != SYNTAX_CALL) {
        diag_error(build->diag, call->span, "transforms of '%s' are calls such as 'ToTensor()'", data->name);
        return false;
    }
    if (strcmp(bare_name(call->name), "Compose") == 0)
        return add_composed(build, entry, call, bytes);
    const TransformKind *kind = find_transform(build, call);
    if (!kind)
        return false;
    Transform transform = {.kind = kind};
    if (!bind_arguments(build, kind->name, kind->params, (const Syntax *const *)call->items.at, call->items.count,
                        call->span, arena_printf(build->arena, "data.%s.%s", data->name, kind->name), false,
                        &transform.args))
        return false;
    if (!check_stage(build, entry, kind, call->span, *bytes))
        return false;
    *bytes = *bytes && kind->stage != STAGE_TO_TENSOR;
    data->bytes = data->bytes && (*bytes || !kind->floats);
    vec_push(build->arena, data->transforms, transform);
    if (entry->known && (kind->stage == STAGE_PICTURE || kind->stage == STAGE_EITHER) && entry->sample.rank != 3) {
        diag_error(build->diag, call->span, "%s expects pictures but gets %s", kind->name,
                   shape_text(build->arena, entry->sample));
        return false;
    }
    return !entry->known || kind->check(build->arena, build->diag, &transform.args, entry->sample, &entry->sample);
}

/* The place of `transform=` among a data set's arguments where transforms stand there, as in Python; else -1. */
static int transform_argument(const DatasetKind *kind, const Syntax *call)
{
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        if (argument->name && strcmp(argument->name, "transform") == 0 && argument->value->kind == SYNTAX_CALL)
            return signature_find(kind->params, "transform") >= 0 ? i : -1;
    }
    return -1;
}

/* Binds a data set's arguments, but for the one at `without`, and finds out what a sample is. */
static bool describe_data(Build *build, DataEntry *entry, const Syntax *call, int without)
{
    Data *data = entry->data;
    VEC(const Syntax *) arguments = {0};
    for (int i = 0; i < call->items.count; i++)
        if (i != without)
            vec_push(build->arena, arguments, call->items.at[i]);
    return bind_arguments(build, data->kind->name, data->kind->params, arguments.at, arguments.count, call->span,
                          arena_printf(build->arena, "data.%s", data->name), false, &data->args) &&
           data->kind->describe(build->arena, build->diag, &data->args, &entry->sample, &entry->classes);
}

void build_data(Build *build, const Syntax *syntax)
{
    Data *data = arena_make(build->arena, Data);
    *data = (Data){.name = syntax->name, .span = syntax->name_span};
    DataEntry entry = {.data = data};
    const Syntax *call = syntax->value;
    data->kind = call->kind == SYNTAX_CALL ? find_dataset(build, call) : NULL;
    int transform = data->kind ? transform_argument(data->kind, call) : -1;
    entry.known = data->kind && describe_data(build, &entry, call, transform);
    bool bytes = data->kind && data->kind->bytes;
    data->bytes = bytes;
    if (transform >= 0 && syntax->body && syntax->body->items.count > 0)
        diag_error(build->diag, call->items.at[transform]->span, "transforms of '%s' stand in braces behind it too: "
                   "write them in one place", data->name);
    else if (transform >= 0 && !add_transform(build, &entry, call->items.at[transform]->value, &bytes))
        entry.known = false;
    for (int i = 0; syntax->body && i < syntax->body->items.count; i++)
        if (!add_transform(build, &entry, syntax->body->items.at[i], &bytes))
            entry.known = false;
    if (entry.known && bytes)
        diag_error(build->diag, call->span, "%s gives bytes but a model takes floats: write { ToTensor() } behind it",
                   data->kind->name);
    else if (entry.known)
        check_extents(build, &entry, call->span);
    vec_push(build->arena, build->data, entry);
    vec_push(build->arena, build->program->data, data);
}
