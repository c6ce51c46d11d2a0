/* Data sets made of others. With transforms of its own one is made of copies of them. */
#include <string.h>

#include "model/build.h"

const Data *data_source(const Data *data)
{
    while (data->of.count)
        data = data->of.at[0];
    return data;
}

static DataEntry *entry_of(Build *build, const char *name)
{
    for (int i = 0; i < build->data.count; i++)
        if (strcmp(build->data.at[i].data->name, name) == 0)
            return &build->data.at[i];
    return NULL;
}

/* `data` again, down to what is read from files, which gets the transforms of `body`. */
static Data *copy_with(Build *build, const Data *data, const Syntax *body, const char *part, DataEntry *entry)
{
    Data *copy = arena_make(build->arena, Data);
    const char *wanted = arena_printf(build->arena, "%s_of_%s", data->variable, part);
    *copy = (Data){.copied = true, .name = data->name, .variable = data_variable(build, wanted), .span = data->span,
                   .kind = data->kind, .args = data->args, .part = data->part, .bytes = data->kind->bytes};
    for (int i = 0; i < data->of.count; i++)
        vec_push(build->arena, copy->of, copy_with(build, data->of.at[i], body, part, entry));
    if (copy->of.count) {
        copy->bytes = copy->of.at[0]->bytes;
        return copy;
    }
    *entry = (DataEntry){.data = copy, .call = entry->call, .pictures = data->kind->bytes};
    entry->known = data->kind->describe(build->arena, build->diag, &copy->args, &entry->sample, &entry->classes);
    add_transforms(build, entry, body, part);
    return copy;
}

void build_view(Build *build, DataEntry *entry, const Syntax *body)
{
    Data *data = entry->data;
    const Arg *names = &data->args.at[0];
    for (int i = 0; i < names->list_count; i++) {
        DataEntry *of = entry_of(build, names->names[i]);
        of->replaced |= body != NULL;
        entry->known = entry->known && of->known;
        DataEntry like = *of;
        like.call = entry->call;
        Data *base = of->data;
        if (body && of->data->kind && entry->known) /* a mistake in one is not told for each */
            base = copy_with(build, base, body, data->name, &like);
        entry->known = entry->known && like.known;
        vec_push(build->arena, data->of, base);
        if (i > 0)
            continue;
        entry->sample = like.sample;
        entry->classes = like.classes;
        entry->pictures = like.pictures;
        data->bytes = base->bytes;
    }
    for (int i = 1; i < data->of.count; i++) {
        data->bytes = data->bytes && data->of.at[i]->bytes;
        entry->classes = CLASSES_UNKNOWN; /* they may be others; or there are none */
        if (!entry_of(build, names->names[i])->classes)
            entry->classes = 0;
    }
}
