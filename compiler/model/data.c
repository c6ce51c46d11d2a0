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
    if (table || !entry->known || (kind->stage == STAGE_TENSOR) != bytes)
        return true;
    if (bytes)
        diag_error(diag, span, "%s expects floats but gets bytes: put ToTensor() before it", kind->name);
    else
        diag_error(diag, span, "%s expects bytes but gets floats: the samples are floats already", kind->name);
    return false;
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
    *bytes = kind->stage == STAGE_PICTURE;
    data->bytes = data->bytes && !kind->floats;
    vec_push(build->arena, data->transforms, transform);
    return !entry->known || kind->check(build->arena, build->diag, &transform.args, entry->sample, &entry->sample);
}

void build_data(Build *build, const Syntax *syntax)
{
    Data *data = arena_make(build->arena, Data);
    *data = (Data){.name = syntax->name, .span = syntax->name_span};
    DataEntry entry = {.data = data};
    const Syntax *call = syntax->value;
    data->kind = call->kind == SYNTAX_CALL ? find_dataset(build, call) : NULL;
    entry.known = data->kind &&
                  bind_arguments(build, data->kind->name, data->kind->params, (const Syntax *const *)call->items.at,
                                 call->items.count, call->span, arena_printf(build->arena, "data.%s", data->name),
                                 false, &data->args) &&
                  data->kind->describe(build->arena, build->diag, &data->args, &entry.sample, &entry.classes);
    bool bytes = data->kind && data->kind->bytes;
    data->bytes = bytes;
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
