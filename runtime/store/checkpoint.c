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

void nc_load(struct nc_run *run, const char *name, int strict)
{
    run->store = &STORE;
    run->load_loose = !strict;
    nc_give_text(&run->load_name, name);
}
