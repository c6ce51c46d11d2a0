/* The statements `save` and `load`, and what core calls for them. */
#include "checkpoint.h"

static const struct nc_store STORE = {
    .check = nc_checkpoint_check,
    .save = nc_checkpoint_save,
    .load = nc_checkpoint_load,
    .look = nc_checkpoint_look,
    .load_record = nc_checkpoint_load_record,
};

void nc_checkpoints(struct nc_run *run)
{
    run->store = &STORE;
}

void nc_save(struct nc_run *run, const char *name)
{
    run->store = &STORE;
    nc_give_text(&run->save_name, name);
}

void nc_save_whole(struct nc_run *run, const struct nc_module *modules, int count)
{
    run->modules = modules;
    run->module_count = count;
}

void nc_load_prefix(struct nc_run *run, const char *prefix)
{
    nc_give_text(&run->load_prefix, prefix);
}

void nc_load_rename(struct nc_run *run, int count, const char *const (*renames)[2])
{
    run->renames = renames;
    run->rename_count = count;
}

void nc_load(struct nc_run *run, const char *name, int strict)
{
    run->store = &STORE;
    run->load_loose = !strict;
    nc_give_text(&run->load_name, name);
}

void nc_weights(struct nc_run *run, const char *name, const char *of, const struct nc_origin *origins, int count)
{
    const struct nc_model *model = run->model;
    struct nc_parameter *parameters = nc_memory(run, count + 1, sizeof *parameters, "a checkpoint");
    struct nc_base *base = nc_memory(run, 1, sizeof *base, "a checkpoint"), **end = &run->bases;
    for (int i = 0; i < count; i++) {
        int number = origins[i].parameter, gone = number - model->parameter_count;
        parameters[i] = gone >= 0 ? model->gone[gone] : model->parameters[number];
        parameters[i].name = origins[i].name;
    }
    base->path = nc_data_path(run, name);
    base->model = (struct nc_model){.name = of, .parameters = parameters, .parameter_count = count};
    while (*end != NULL)
        end = &(*end)->next;
    *end = base;
    run->store = &STORE;
}
