#include "trained.h"

#include <string.h>

#include "core.h"

/* The parameters one after the other, in torch's order. */
static struct nc_parameter *table_of(Arena *arena, const Network *network, long long *block)
{
    enum { LINE = 16 }; /* floats, at a multiple of which a block's parameters begin */
    struct nc_parameter *table = arena_alloc(arena, (size_t)(network->parameters.count + 1) * sizeof *table);
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *from = network->parameters.at[i];
        struct nc_parameter *to = &table[i];
        const bool count = from->kind == PARAMETER_COUNT;
        *to = (struct nc_parameter){.name = from->name, .rank = from->shape.rank, .offset = *block,
                                    .floats = count ? 2 : shape_count(from->shape), .axis_count = from->shape.rank,
                                    .kind = count ? NC_COUNT : from->kind == PARAMETER_KEPT ? NC_KEPT : NC_LEARNED};
        long long stride = 1;
        for (int d = from->shape.rank - 1; d >= 0; d--) {
            to->shape[d] = from->shape.dim[d];
            to->axes[d] = (struct nc_axis){from->shape.dim[d], stride};
            stride *= from->shape.dim[d];
        }
        *block += (to->floats + LINE - 1) / LINE * LINE;
    }
    return table;
}

/* Sets what says where parameters come from. */
static void begin(Arena *arena, struct nc_run *run, const Train *train, const TrainedFrom *from)
{
    run->command = NC_COMMAND_PREDICT;
    run->program = arena_printf(arena, "netc %s", from->command);
    nc_checkpoints(run);
    nc_give_text(&run->save_name, train ? train->save : NULL);
    nc_give_text(&run->save_best, train ? train->save_best : NULL);
    if (from->load && *from->load) /* `--load=` asks for what there is without it, as in the runtime */
        run->load_name = (struct nc_text){from->load, 2};
    if (from->prefix)
        run->load_prefix = (struct nc_text){from->prefix, 2};
}

bool trained_is_there(Arena *arena, const Network *network, const Train *train, const TrainedFrom *from)
{
    const struct nc_model model = {.name = network->name};
    struct nc_run run = {.model = &model};
    begin(arena, &run, train, from);
    return nc_has_parameters(&run);
}

void trained_load(Arena *arena, struct nc_run *run, const Train *train, const TrainedFrom *from)
{
    begin(arena, run, train, from);
    nc_choose_parameters(run, from->command);
    run->store->load(run, run->model, run->load_name.value, run->load_own ? NC_LOAD_OWN : NC_LOAD_STRICT);
    nc_check_loaded(run, run->load_name.value);
}

const float *const *trained_parameters(Arena *arena, const Network *network, const Train *train,
                                       const TrainedFrom *from)
{
    long long block = 0;
    const struct nc_parameter *table = table_of(arena, network, &block);
    const struct nc_model model = {.name = network->name, .parameters = table,
                                   .parameter_count = network->parameters.count, .block = block};
    struct nc_run run = {.model = &model};
    run.weights = arena_alloc(arena, (size_t)(block + 1) * sizeof *run.weights);
    trained_load(arena, &run, train, from);
    const float **values = arena_alloc(arena, (size_t)(network->parameters.count + 1) * sizeof *values);
    for (int i = 0; i < network->parameters.count; i++)
        values[i] = run.weights + table[i].offset;
    return values;
}

void trained_save(Arena *arena, const Network *network, const float *const *values, const char *path)
{
    long long block = 0;
    const struct nc_parameter *table = table_of(arena, network, &block);
    const struct nc_model model = {.name = network->name, .parameters = table,
                                   .parameter_count = network->parameters.count, .block = block};
    struct nc_run run = {.model = &model, .program = "netc import"};
    run.weights = arena_alloc(arena, (size_t)(block + 1) * sizeof *run.weights);
    for (int i = 0; i < network->parameters.count; i++)
        memcpy(run.weights + table[i].offset, values[i], (size_t)table[i].floats * sizeof *run.weights);
    nc_checkpoints(&run);
    run.store->save(&run, path, NULL, 0);
}
