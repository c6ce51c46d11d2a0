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
        const float *bad = first_bad(run->weights + p->offset, p->floats);
        if (bad == NULL)
            continue;
        nc_fail(run, advice, "the loss at step %lld is %s: parameter %s already holds a value that is %s, since the "
                "update of step %lld", run->steps, loss_text(loss), p->name, bad_kind(*bad), run->steps - 1);
    }
}

static void check_probes(struct nc_run *run, double loss, int slice, int group)
{
    const struct nc_model *m = run->model;
    int count = nc_step_forward_group(run, slice, group, 0);
    for (int i = 0; i < m->probe_count; i++) {
        const struct nc_probe *probe = &m->probes[i];
        const float *bad = first_bad((const float *)(run->workspace[0] + probe->offset), probe->floats * count);
        if (bad != NULL)
            nc_fail(run, advice, "the loss at step %lld is %s: the first layer whose output is %s is %s (%s:%d)",
                    run->steps, loss_text(loss), bad_kind(*bad), probe->layer, m->file, probe->line);
    }
}

void nc_diverged(struct nc_run *run, double loss)
{
    const struct nc_model *m = run->model;
    check_parameters(run, loss);
    int groups = (m->slice + m->group - 1) / m->group;
    for (int slice = 0; slice < nc_step_slices(run); slice++)
        for (int group = 0; group < groups; group++)
            check_probes(run, loss, slice, group);
    nc_fail(run, advice, "the loss at step %lld is %s, although every layer's output is finite: too large for it",
            run->steps, loss_text(loss));
}
