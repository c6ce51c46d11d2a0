/* diverged.c: where a loss that is not finite came from. Parameters first: one that is not finite explains all that
 * follows. Else the batch goes forward through the model again, and its layers are looked at in order. */
#include <math.h>
#include <stdio.h>

#include "core.h"

static const char *advice = "try a smaller learning rate (--lr), or look at what the data is normalized to";

static const char *bad_kind(float x)
{
    return isnan(x) ? "not a number" : "infinite";
}

/* The first value that is not finite, or NULL. */
static const float *first_bad(const float *x, long long count)
{
    for (long long i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return x + i;
    return NULL;
}

/* The text of a loss that is not finite, without the sign of a NaN, which means nothing. */
static const char *loss_text(double loss)
{
    return isnan(loss) ? "nan" : loss > 0 ? "inf" : "-inf";
}

static void check_parameters(struct nc_run *run, double loss)
{
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        int weighs = p->kind == NC_LEARNED || p->kind == NC_FROZEN;
        const float *bad = weighs ? first_bad(run->weights + p->offset, p->floats) : NULL;
        if (bad == NULL)
            continue;
        nc_fail(run, advice, "the loss at step %lld is %s: parameter %s already holds a value that is %s, since the "
                "update of step %lld", run->steps, loss_text(loss), p->name, bad_kind(*bad), run->steps - 1);
    }
}

/* What `sweep` left for the `count` samples from `first` on. */
static void check_probes(struct nc_run *run, double loss, int sweep, int first, int count)
{
    const struct nc_model *m = run->model;
    for (int i = 0; i < m->probe_count; i++) {
        const struct nc_probe *probe = &m->probes[i];
        if (probe->sweep != sweep)
            continue;
        const float *at = probe->in_batch ? (const float *)(run->batch + probe->offset) + first * probe->floats
                                          : (const float *)(run->workspace[0] + probe->offset);
        const float *bad = first_bad(at, probe->floats * count);
        if (bad != NULL)
            nc_fail(run, advice, "the loss at step %lld is %s: the first layer whose output is %s is %s (%s:%d)",
                    run->steps, loss_text(loss), bad_kind(*bad), probe->layer, m->file, probe->line);
    }
}

void nc_diverged(struct nc_run *run, double loss)
{
    const struct nc_model *m = run->model;
    struct nc_pass *pass = &run->step->pass;
    check_parameters(run, loss);
    pass->backward = 0;
    for (int s = 0; s < m->sweep_count; s++) {
        const struct nc_sweep *sweep = &m->sweeps[s];
        for (int task = 0; task < nc_pass_tasks(pass, sweep); task++) {
            int first, count = nc_pass_group(pass, task, &first);
            nc_pass_task(pass, sweep, task, 0);
            if (!sweep->parts)
                check_probes(run, loss, s, first, count);
        }
        if (sweep->parts && sweep->test != NULL)
            check_probes(run, loss, s, 0, pass->count);
    }
    nc_fail(run, advice, "the loss at step %lld is %s, although every layer's output is finite: too large for it",
            run->steps, loss_text(loss));
}
