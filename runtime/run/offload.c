/* offload.c: a run on a device other than the CPU, as core sees it: by the table that the statement nc_device has set.
 * Without it, or where the run is on the CPU, there is nothing to do. */
#include "run/offload.h"
#include "step/ranks.h"

void nc_offload_open(struct nc_run *run)
{
    const char *name = run->device_name.value;
    if (name == NULL || strcmp(name, "cpu") == 0 || run->command == NC_COMMAND_DATA ||
        run->command == NC_COMMAND_ACCURACY)
        return;
    if (run->offload == NULL)
        nc_fail(run, "compile it with --device, or write 'device auto' into its train block",
                "device %s: this program has kernels for the CPU alone", name);
    if (nc_is_shared(run))
        nc_fail(run, "--device cpu, or one process", "device %s: processes share a run on the CPU alone", name);
    run->offload->open(run);
}

void nc_offload_prepare(struct nc_run *run)
{
    if (run->gpu != NULL)
        run->offload->prepare(run);
}

void nc_offload_release(struct nc_run *run)
{
    if (run->gpu != NULL)
        run->offload->release(run);
}

void nc_offload_push(struct nc_run *run)
{
    if (run->gpu != NULL)
        run->offload->push(run);
}

void nc_offload_pull(struct nc_run *run)
{
    if (run->gpu != NULL)
        run->offload->pull(run);
}
