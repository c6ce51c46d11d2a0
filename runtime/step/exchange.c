/* exchange.c: what the processes that share a pass tell each other. The program has tables of it: what each phase
 * leaves of samples that a later one sums over (struct nc_gathered), and the gradients of which each process makes some
 * parts (struct nc_shared_out). All of it travels while the phases in between are computed. */
#include <stdlib.h>

#include "engine.h"
#include "step/exchange.h"
#include "step/optimizer.h"
#include "step/ranks.h"

enum { NONE = -1 };

struct nc_exchange {
    long long *at;                    /* [ranks + 1] where in a stretch of memory each rank's bytes begin */
    int *gathers;                     /* [gathered_count] transfers under way, or NONE */
    int *tells;                       /* [shared_out_count] likewise */
    const struct nc_shared_out **of;  /* [phase_count] of each phase; NULL: its parts are not shared out */
    long long *begin;                 /* [shared_out_count + 1] where each one's parts begin, */
    float *told;                      /* here: [part][floats of a part] */
    int under_way;                    /* transfers */
};

static const struct nc_gathered *gathered(const struct nc_pass *pass, int *count)
{
    const struct nc_model *m = pass->run->model;
    const struct nc_passage *way = pass->evaluates ? m->evaluation : NULL;
    *count = way != NULL ? way->gathered_count : m->gathered_count;
    return way != NULL ? way->gathered : m->gathered;
}

static long long floats_of_part(const struct nc_shared_out *of)
{
    return of->floats * (of->rows.inner > 0 ? of->rows.outer * of->rows.inner : 1);
}

void nc_exchange_prepare(struct nc_pass *pass)
{
    const struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    struct nc_exchange *e = pass->exchange = nc_memory(run, 1, sizeof *e, "the exchange");
    int count;
    gathered(pass, &count);
    e->at = nc_memory(run, run->ranks + 1, sizeof *e->at, "the exchange");
    e->gathers = nc_memory(run, count, sizeof *e->gathers, "the exchange");
    for (int i = 0; i < count; i++)
        e->gathers[i] = NONE;
    if (pass->evaluates)
        return;
    e->of = nc_memory(run, m->phase_count, sizeof *e->of, "the exchange");
    e->tells = nc_memory(run, m->shared_out_count, sizeof *e->tells, "the exchange");
    e->begin = nc_memory(run, m->shared_out_count + 1, sizeof *e->begin, "the exchange");
    for (int i = 0; i < m->shared_out_count; i++) {
        const struct nc_shared_out *of = &m->shared_out[i];
        e->of[of->phase] = of;
        e->tells[i] = NONE;
        e->begin[i + 1] = e->begin[i] + of->parts * floats_of_part(of);
    }
    e->told = nc_memory(run, e->begin[m->shared_out_count], sizeof *e->told, "the exchange");
}

void nc_exchange_free(struct nc_pass *pass)
{
    struct nc_exchange *e = pass->exchange;
    if (e == NULL)
        return;
    free(e->at);
    free(e->gathers);
    free(e->tells);
    free(e->of);
    free(e->begin);
    free(e->told);
    free(e);
}

static void finish(struct nc_pass *pass, int *transfer)
{
    if (*transfer == NONE)
        return;
    pass->run->engine->wait(*transfer);
    pass->exchange->under_way--;
    *transfer = NONE;
}

void nc_exchange_go_on(struct nc_pass *pass)
{
    if (pass->exchange->under_way > 0)
        pass->run->engine->go_on();
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

void nc_exchange_gather(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end)
{
    struct nc_exchange *e = pass->exchange;
    int count;
    const struct nc_gathered *rows = gathered(pass, &count);
    for (int i = 0; i < count; i++) {
        const struct nc_phase *phase = nc_pass_phases(pass) + rows[i].phase;
        if (phase < first || phase >= end || (!pass->backward && !rows[i].forward))
            continue;
        const struct nc_form form = {rows[i].rows, rows[i].bytes, rows[i].row_step, rows[i].step};
        for (int rank = 0; rank <= pass->run->ranks; rank++)
            e->at[rank] = nc_pass_first_sample(pass, rank);
        e->gathers[i] = pass->run->engine->gather_samples(pass->run->batch + rows[i].offset, e->at, &form);
        e->under_way++;
    }
    nc_lap(NC_LAP_WAIT);
}

void nc_exchange_wait(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end)
{
    int count;
    const struct nc_gathered *rows = gathered(pass, &count);
    for (int i = 0; i < count; i++) {
        const struct nc_phase *phase = nc_pass_phases(pass) + rows[i].before;
        if (phase >= first && phase < end)
            finish(pass, &pass->exchange->gathers[i]);
    }
    nc_lap(NC_LAP_WAIT);
}

/* ---- Parts of gradients ------------------------------------------------------------------------------------------ */

const struct nc_shared_out *nc_exchange_parts(const struct nc_pass *pass, const struct nc_phase *phase)
{
    const struct nc_exchange *e = pass->exchange;
    return e != NULL && e->of != NULL ? e->of[phase - pass->run->model->phases] : NULL;
}

float *nc_exchange_part(const struct nc_pass *pass, const struct nc_shared_out *of, int index)
{
    const struct nc_exchange *e = pass->exchange;
    return e->told + e->begin[of - pass->run->model->shared_out] + index * floats_of_part(of);
}

void nc_exchange_tell(struct nc_pass *pass, const struct nc_shared_out *of)
{
    struct nc_exchange *e = pass->exchange;
    for (int rank = 0; rank <= pass->run->ranks; rank++)
        e->at[rank] = nc_ranks_first(pass->run, of->parts, rank) * floats_of_part(of) * (long long)sizeof *e->told;
    e->tells[of - pass->run->model->shared_out] = pass->run->engine->gather(nc_exchange_part(pass, of, 0), e->at);
    e->under_way++;
    nc_lap(NC_LAP_WAIT);
}

struct learning {
    struct nc_pass *pass;
    const struct nc_shared_out *of;
};

static void learn_task(void *context, int index, int thread)
{
    const struct learning *l = context;
    (void)thread;
    nc_learn_told(l->pass->run, l->pass->whole, l->of, index, nc_exchange_part(l->pass, l->of, index));
}

void nc_exchange_learn(struct nc_pass *pass)
{
    const struct nc_model *m = pass->run->model;
    for (int i = 0; i < m->shared_out_count; i++) {
        struct learning learning = {pass, &m->shared_out[i]};
        finish(pass, &pass->exchange->tells[i]);
        nc_lap(NC_LAP_WAIT);
        nc_pool_run(pass->run->pool, learning.of->parts, learn_task, &learning);
    }
}
