/* The parameters come out of a file by the runtime's own loading, so a library takes what `predict` takes, and says of
 * what does not fit the same. */
#include <dlfcn.h>
#include <string.h>

#include "core.h"
#include "library.h"
#include "loaded.h"
#include "system/printable.h"
#include "trained.h"

/* Of what the model is to the runtime: what its loading asks for. */
static struct nc_model model_of(const Library *library, const struct nc_loss *loss)
{
    return (struct nc_model){
        .name = library->network->name, .parameters = library->core->parameters,
        .parameter_count = library->core->parameter_count,
        .block = library->core->model ? library->core->loaded : library->core->block,
        .outputs = (int)shape_count(library->network->output), .loss = loss,
    };
}

/* The names that the file has, or none: PyTorch's files have numbers alone. */
static void read_classes(Arena *arena, Library *library, struct nc_run *run)
{
    struct nc_classes classes;
    const Train *train = library->program->train;
    if (!train || !train->loss->classes)
        return;
    library->class_count = (int)library->network->output.dim[0];
    if (!nc_checkpoint_classes(run, run->load_name.value, &classes) || classes.count != library->class_count)
        return;
    const char **names = arena_alloc(arena, (size_t)classes.count * sizeof *names);
    for (int i = 0; i < classes.count; i++)
        names[i] = arena_printf(arena, "%s", classes.names[i]);
    library->classes = names; /* the run's own stay with it, to the end of the program */
}

/* Compiles the model that the target tells of, if it does, and takes from there where parameters lie. Of its functions
 * only those run that pack parameters, and once. */
static bool load_model(Arena *arena, Library *library, const Options *options)
{
    const CcRequest request = {.text = library->core->model, .compiler = options->compiler, .march = "native",
                               .optimize = "-O0", .verbose = options->verbose};
    if (!library->core->model)
        return true;
    void *loaded = object_load(arena, &request);
    library->model = loaded ? dlsym(loaded, "model") : NULL;
    if (!library->model)
        return false;
    library->core->parameters = library->model->parameters;
    library->core->parameter_count = library->model->parameter_count;
    return true;
}

/* Counts of batches become numbers as the others are: the library's text counts in floats. */
static void take_counts(const LibraryCore *core, float *block)
{
    for (int i = 0; i < core->parameter_count; i++) {
        const struct nc_parameter *p = &core->parameters[i];
        long long count;
        if (p->kind != NC_COUNT || !p->floats || core->model)
            continue;
        memcpy(&count, block + p->offset, sizeof count);
        block[p->offset] = (float)count;
        block[p->offset + 1] = 0;
    }
}

/* What stands behind the parameters is made of them. */
static void pack(const struct nc_model *model, float *block)
{
    float *packed = block + model->block;
    if (model->pack)
        model->pack(block, packed, 0, 1);
    if (model->evaluation->pack)
        model->evaluation->pack(block, packed);
}

/* What the library reads, of all that was loaded and packed. */
static float *keep(Arena *arena, const LibraryCore *core, const float *loaded)
{
    float *block = arena_alloc(arena, (size_t)(core->block + 1) * sizeof *block);
    for (int i = 0; i < core->kept_count; i++) {
        const Stretch *kept = &core->kept[i];
        memcpy(block + kept->to, loaded + kept->from, (size_t)kept->count * sizeof *block);
    }
    return block;
}

/* Whether a library that trains begins with what its seed draws: where there is nothing else. What begins with a file's
 * parameters by the .net file is trained to the end of that first. */
static bool begins_anew(Arena *arena, Library *library, const TrainedFrom *from)
{
    const Train *train = library->program->train;
    if (!library->training || trained_is_there(arena, library->network, train, from))
        return false;
    return !train->load && !network_has_weights(train->network);
}

bool library_read_weights(Arena *arena, Library *library, const Options *options)
{
    const Train *train = library->program->train;
    const struct nc_loss loss = {.places = (int)shape_count(shape_places(library->network->output))};
    if (!load_model(arena, library, options))
        return false;
    const struct nc_model model = model_of(library, &loss);
    const TrainedFrom from = {.command = "build", .load = options->load, .prefix = options->prefix};
    struct nc_run run = {.model = &model};
    float *block = arena_alloc(arena, (size_t)(model.block + 1) * sizeof *block);
    library->weights = block;
    if (begins_anew(arena, library, &from)) {
        nc_print_to(stderr, "netc build: nothing is trained yet: the parameters are those that seed %llu draws\n",
                    (unsigned long long)(train->seed & 0xffffffffu));
        library->drawn = block;
        library->class_count = train->loss->classes ? (int)library->network->output.dim[0] : 0;
        return true;
    }
    run.weights = block;
    trained_load(arena, &run, train, &from);
    take_counts(library->core, block);
    library->weights_from = arena_printf(arena, "%s", run.load_name.value);
    read_classes(arena, library, &run);
    if (library->model) {
        pack(library->model, block);
        library->weights = keep(arena, library->core, block);
    }
    return true;
}
