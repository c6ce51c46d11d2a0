/* diverged.c: where a loss that is not finite came from. Parameters first: one that is not finite explains all that
 * follows. Else the batch goes forward through the model again, and its layers are looked at in order. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/offload.h"
#include "step/step.h"

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

/* The first parameter that holds a value that is not finite, *bad; or NULL. What layers keep of batches counts where
 * they go by it. */
static const struct nc_parameter *bad_parameter(const struct nc_run *run, int kept, float *bad)
{
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        int weighs = p->kind == NC_LEARNED || p->kind == NC_FROZEN || (kept && p->kind == NC_KEPT);
        const float *found = weighs ? first_bad(run->weights + p->offset, p->floats) : NULL;
        if (found == NULL)
            continue;
        *bad = *found;
        return p;
    }
    return NULL;
}

static void check_parameters(struct nc_run *run, const char *what)
{
    float bad;
    const struct nc_parameter *p = bad_parameter(run, 0, &bad);
    if (p != NULL)
        nc_fail(run, advice, "%s: parameter %s already holds a value that is %s, since the update of step %lld", what,
                p->name, bad_kind(bad), run->steps - 1);
}

void nc_check_update(struct nc_run *run)
{
    float bad;
    const struct nc_parameter *p = bad_parameter(run, 1, &bad);
    if (p != NULL)
        nc_fail(run, advice, "parameter %s holds a value that is %s, since step %lld or shortly before; nothing is "
                "saved", p->name, bad_kind(bad), run->steps);
}

static int is_variance(const struct nc_parameter *p)
{
    return p->kind == NC_KEPT && nc_ends_with(p->name, "running_var");
}

void nc_check_loaded(struct nc_run *run, const char *path)
{
    float bad;
    const struct nc_parameter *p = bad_parameter(run, 1, &bad);
    if (p != NULL)
        nc_fail(run, "take a file that was saved before its training diverged",
                "%s: parameter %s holds a value that is %s", path, p->name, bad_kind(bad));
    for (int i = 0; i < run->model->parameter_count; i++) {
        p = &run->model->parameters[i];
        for (long long k = 0; is_variance(p) && k < p->floats; k++)
            if (run->weights[p->offset + k] < 0)
                nc_fail(run, "the file is damaged", "%s: %s holds a variance of %g, which is below 0", path, p->name,
                        (double)run->weights[p->offset + k]);
    }
}

/* What `phase` left for the `count` samples from `first` on. */
static void check_probes(struct nc_run *run, const char *what, int phase, int first, int count)
{
    const struct nc_model *m = run->model;
    for (int i = 0; i < m->probe_count; i++) {
        const struct nc_probe *probe = &m->probes[i];
        if (probe->phase != phase)
            continue;
        const float *at = probe->in_batch ? (const float *)(run->batch + probe->offset) + first * probe->floats
                                          : (const float *)(run->workspace[0] + probe->offset);
        const float *bad = first_bad(at, probe->floats * count);
        if (bad != NULL)
            nc_fail(run, advice, "%s: the first layer whose output is %s is %s (%s:%d)", what, bad_kind(*bad),
                    probe->layer, m->file, probe->line);
    }
}

/* Takes samples through the model again, layer by layer. */
static void check_layers(struct nc_pass *pass, const char *what)
{
    const struct nc_model *m = pass->run->model;
    for (int s = 0; s < m->phase_count; s++) {
        const struct nc_phase *phase = &m->phases[s];
        for (int task = 0; task < nc_pass_tasks(pass, phase); task++) {
            int first, count = nc_pass_microbatch(pass, task, &first);
            nc_pass_task(pass, phase, task, 0);
            if (!phase->parts)
                check_probes(pass->run, what, s, first, count);
        }
        if (phase->parts && phase->test != NULL)
            check_probes(pass->run, what, s, 0, pass->count);
    }
}

/* All of `pass`, of which the memory between the phases may not hold all samples at once. */
_Noreturn static void fail(struct nc_pass *pass, const char *what)
{
    const struct nc_model *m = pass->run->model;
    int left = pass->count, most = m->batch_bytes > 0 && m->capacity < left ? m->capacity : left;
    nc_feed_complete(pass->loader->feed);
    pass->backward = 0;
    pass->evaluates = 0;
    pass->shared = 0;
    for (; left > 0; left -= pass->count) {
        pass->count = left < most ? left : most;
        check_layers(pass, what);
        pass->place += pass->count;
        pass->input += pass->count;
        if (pass->labels != NULL)
            pass->labels += (long long)pass->count * nc_places(m);
        else
            pass->targets += (long long)pass->count * m->outputs;
    }
    nc_fail(pass->run, advice, "%s, although every layer's output is finite: too large for it", what);
}

/* What a device has made is looked at on the CPU. */
static void come_back(struct nc_run *run)
{
    nc_offload_pull(run);
    nc_plan_prepare(run);
    run->outputs = NULL;
    nc_pack(run);
}

void nc_diverged(struct nc_run *run, double loss)
{
    struct nc_pass *pass = &run->step->pass;
    char what[64];
    long long judged;
    come_back(run);
    snprintf(what, sizeof what, "the loss at step %lld is %s", run->steps, loss_text(loss));
    if (nc_loss_divisor(run->model, pass->labels, pass->count, &judged) == 0 && run->model->loss->reduction != NC_SUM)
        nc_fail(run, "take other weights, or larger batches", "%s: the weights of the classes in this batch, by whose "
                "sum it is divided, add up to 0", what);
    check_parameters(run, what);
    fail(pass, what);
}

void nc_diverged_in_test(struct nc_run *run, struct nc_pass *pass, double loss)
{
    char what[160];
    come_back(run);
    snprintf(what, sizeof what, "the loss of %.80s is %s", run->test.data->name, loss_text(loss));
    fail(pass, what);
}
